"""Both servers in a real Chromium: a reader's way through, and pages that try to get out."""

from __future__ import annotations

import pytest
from archived_site import HOST, HOSTILE, Site
from chromium import Chromium

from replay_fixture import FIRST


def asked_elsewhere(browser: Chromium, site: Site) -> list[str]:
    """The addresses asked for that are not ours."""
    return [url for url in browser.requests if not url.startswith((site.browse, site.replay, "data:", "about:"))]


def errors(browser: Chromium) -> list[str]:
    """What the console complained of."""
    return [message for message in browser.messages if message.startswith(("error", "warning"))]


def test_from_the_front_page_to_the_captured_block_and_back(browser: Chromium, site: Site) -> None:
    browser.messages.clear()
    browser.requests.clear()
    browser.open(f"{site.browse}/")
    assert "많이 본 기사" in browser.evaluate("document.body.innerText")
    browser.evaluate("document.querySelector('#q').focus()")
    browser.type("신약")
    browser._events.clear()
    browser.key("Enter")
    browser.wait("Page.loadEventFired")
    assert browser.evaluate("document.querySelector('mark').textContent") == "신약"
    browser.click(".results h2 a")
    assert browser.evaluate("document.querySelector('h1').textContent") == "가람바이오 신약, 임상 2상 환자 모집"
    assert browser.evaluate("document.querySelectorAll('ins').length") > 0
    browser.click(".side a[href*='/list/']")
    assert browser.evaluate("document.querySelector('svg.chart') !== null")
    browser.click(".rank + .foot a, .foot a[href*='#block=']")
    assert browser.evaluate("location.origin") == site.replay
    assert (
        browser.evaluate("getComputedStyle(document.querySelector(':has(> :target), :target')).outlineStyle") == "solid"
    )
    assert browser.evaluate("document.querySelector('#rank').getBoundingClientRect().top >= 0")
    bar = "document.querySelector('seogo-banner').shadowRoot"
    assert "2026-11-21" in browser.evaluate(f"{bar}.querySelector('.when').textContent")
    browser.open(browser.evaluate(f"{bar}.querySelector('.brand').href"))
    assert browser.evaluate("location.origin") == site.browse
    browser.settle()
    assert asked_elsewhere(browser, site) == []
    assert errors(browser) == []


def test_an_archived_page_looks_right_without_scripts(browser: Chromium, site: Site) -> None:
    browser.messages.clear()
    browser.open(f"{site.replay}/web/20261120000100/{FIRST}")
    assert browser.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(17, 34, 51)"
    loaded = "[...document.images].map(image => image.naturalWidth)"
    assert browser.evaluate(loaded) == [1, 1]
    assert browser.evaluate("document.compatMode") == "CSS1Compat"
    assert browser.evaluate("document.querySelectorAll('script').length") == 0
    assert browser.evaluate("self.origin") == "null"
    browser.click("main a[href]")
    assert browser.evaluate("location.href").startswith(f"{site.replay}/web/2026")
    assert "겨울 상비약" in browser.evaluate("document.title")


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_78_no_page_gets_out(browser: Chromium, site: Site, name: str) -> None:
    browser.requests.clear()
    address = f"{site.replay}/web/20261120010000/{HOST}/hostile/{name}"
    for modifier in ("", "id_"):
        browser.open(address.replace("20261120010000", f"20261120010000{modifier}"))
        browser.settle(0.2)
        assert browser.evaluate("location.href").startswith(site.replay)
        assert asked_elsewhere(browser, site) == []
    browser.open(address)
    shown = browser.evaluate(
        "(() => { const b = document.querySelector('seogo-banner'); const s = getComputedStyle(b);"
        " return [s.display, s.visibility, s.opacity, b.getBoundingClientRect().height > 20, !!b.shadowRoot]; })()"
    )
    assert shown == ["block", "visible", "1", True, True]


def test_78_a_form_and_a_new_window_lead_nowhere(browser: Chromium, site: Site) -> None:
    browser.requests.clear()
    browser.open(f"{site.replay}/web/20261120010000/{HOST}/hostile/form")
    browser.press("#go")
    browser.settle(0.2)
    assert browser.evaluate("location.href").endswith("/hostile/form")
    browser.open(f"{site.replay}/web/20261120010000/{HOST}/hostile/popup")
    browser.click("#a")
    assert browser.evaluate("location.href").startswith(f"{site.replay}/web/")
    assert asked_elsewhere(browser, site) == []


def test_78_nothing_is_stored(browser: Chromium, site: Site) -> None:
    browser.open(f"{site.replay}/web/20261120010000/{HOST}/hostile/storage")
    browser.settle(0.2)
    browser.open(f"{site.replay}/")
    assert browser.evaluate("document.cookie") == ""
    assert browser.evaluate("localStorage.length") == 0
    assert browser.evaluate("navigator.serviceWorker.getRegistrations().then(found => found.length)") == 0


def test_datasettes_pages_run_their_own_scripts_only(browser: Chromium, site: Site) -> None:
    browser.messages.clear()
    for path in ("/index", "/index/captures", "/index?sql=select+1", "/index/lists"):
        browser.open(site.browse + path)
        browser.settle(0.1)
    assert errors(browser) == []
    browser.open(f"{site.browse}/index")
    assert browser.evaluate("document.querySelector('.CodeMirror') !== null")


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_the_window(browser: Chromium, site: Site, width: int) -> None:
    browser.emulate(width=width)
    try:
        for path in ("/", "/search?q=신약", "/lists", f"/article/{article_id(browser, site)}"):
            browser.open(site.browse + path)
            assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        browser.open(f"{site.replay}/web/*/{FIRST}")
        assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
    finally:
        browser.call("Emulation.clearDeviceMetricsOverride")


@pytest.mark.parametrize("dark", [False, True])
def test_text_stands_out_from_its_ground(browser: Chromium, site: Site, dark: bool) -> None:
    browser.emulate(dark=dark)
    for path in ("/", f"/article/{article_id(browser, site)}", "/search?q=신약"):
        browser.open(site.browse + path)
        assert browser.evaluate(CONTRAST) == [], path
    browser.emulate()


def test_every_control_has_a_name_and_is_reached_by_keyboard(browser: Chromium, site: Site) -> None:
    browser.open(f"{site.browse}/search?q=신약")
    unnamed = browser.evaluate(
        "[...document.querySelectorAll('input,select,button,a')].filter(e => !(e.labels && e.labels.length)"
        " && !e.textContent.trim() && !e.getAttribute('aria-label')).map(e => e.outerHTML)"
    )
    assert unnamed == []
    browser.key("Tab")
    assert browser.evaluate("document.activeElement.className") == "skip"
    assert browser.evaluate("document.documentElement.lang") == "ko"
    assert browser.evaluate("document.querySelectorAll('h1').length") == 1
    assert browser.evaluate("document.querySelectorAll('main').length") == 1


def article_id(browser: Chromium, site: Site) -> str:
    """An article of the archive."""
    browser.open(f"{site.browse}/search?q=신약")
    return str(browser.evaluate("document.querySelector('.results h2 a').getAttribute('href')")).rpartition("/")[2]


# WCAG 2.1, 1.4.3: 4.5 to 1, or 3 to 1 for large text. Gives what falls short.
CONTRAST = """
(() => {
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const f = v => v / 255 <= .03928 ? v / 255 / 12.92 : ((v / 255 + .055) / 1.055) ** 2.4;
  const lum = ([r, g, b]) => {
    return .2126 * f(r) + .7152 * f(g) + .0722 * f(b); };
  const ground = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
  const out = [];
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || e.closest('svg') ) continue;
    const s = getComputedStyle(e), box = e.getBoundingClientRect();
    if (!box.width || s.visibility === 'hidden' || e.closest('.visually-hidden,.skip')) continue;
    const a = lum(parse(s.color)), b = lum(ground(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    const size = parseFloat(s.fontSize), large = size >= 24 || (size >= 18.66 && s.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) out.push([e.tagName, e.className, e.textContent.trim(), ratio.toFixed(2)]);
  }
  return out;
})()
"""
