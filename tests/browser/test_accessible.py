"""Our pages under axe-core, in light and dark, in Korean and English; and a reader's way by keyboard alone."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from archived_site import Site
from chromium import Chromium

from replay_fixture import FIRST, HOST

AXE = files("axe_core_python").joinpath("axe.min.js").read_text("utf-8")
# The rules of WCAG 2.1, levels A and AA, and what axe counts among good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


def violations(browser: Chromium) -> list[Any]:
    """What axe finds on the page shown, each with the elements."""
    browser.evaluate(AXE + ";0")
    options = json.dumps({"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]})
    found: list[Any] = browser.evaluate(
        f"axe.run(document, {options}).then(found => found.violations.map(one =>"
        " [one.id, one.help, one.nodes.slice(0, 5).map(node => node.html.slice(0, 200) + ' ' + node.failureSummary)]))"
    )
    return found


def addresses(browser: Chromium, site: Site) -> dict[str, str]:
    """Each kind of page that is ours."""
    browser.open(f"{site.browse}/search?q=신약")
    article = browser.evaluate("document.querySelector('.results h2 a').href")
    browser.open(f"{site.browse}/lists")
    lists = browser.evaluate("[...document.querySelectorAll('main a[href^=\"/list/\"]')].map(a => a.href)")
    one, later = site.made["one"].id, site.made["one later"].id
    return {
        "home": f"{site.browse}/",
        "search": f"{site.browse}/search?q=신약",
        "nothing found": f"{site.browse}/search?q=없는낱말",
        "article": article,
        "lists": f"{site.browse}/lists",
        "ranking": f"{lists[0]}?span=all",
        "section": f"{lists[-1]}?span=all",
        "missing": f"{site.browse}/article/none",
        "calendar": f"{site.replay}/web/*/{FIRST}",
        "compare": f"{site.replay}/compare?a={one}&b={later}",
        "compare pages": f"{site.replay}/compare?a={one}&b={later}&view=pages",
        "not archived": f"{site.replay}/web/2026/{HOST}/never",
        "file": f"{site.replay}/web/20261120010000/{HOST}/a.pdf",
        "replay's own": f"{site.replay}/",
    }


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_axe_finds_nothing_on_our_pages(browser: Chromium, site: Site, language: str, dark: bool) -> None:
    headers = {"Accept-Language": language}
    browser.call("Network.setExtraHTTPHeaders", headers=headers)
    browser.emulate(dark=dark)
    try:
        found = {}
        for name, address in addresses(browser, site).items():
            browser.open(address)
            assert browser.evaluate("document.documentElement.lang") == language, name
            if wrong := violations(browser):
                found[name] = wrong
        assert found == {}
    finally:
        browser.emulate()
        browser.call("Network.setExtraHTTPHeaders", headers={})


def test_the_bar_below_an_archived_page_is_accessible(browser: Chromium, site: Site) -> None:
    # The sandbox stops axe's own timers too: for the audit alone the policy is lifted.
    browser.call("Page.setBypassCSP", enabled=True)
    try:
        browser.open(f"{site.replay}/capture/{site.made['one'].id}/")
        browser.evaluate(AXE + ";0")
        wrong = browser.evaluate(
            "axe.run({include: [['seogo-banner']]}, {resultTypes: ['violations']})"
            ".then(found => found.violations.map(one => [one.id, one.nodes[0].html]))"
        )
        assert browser.evaluate("document.querySelector('seogo-banner').shadowRoot.querySelectorAll('a').length") > 3
        assert wrong == []
    finally:
        browser.call("Page.setBypassCSP", enabled=False)


def test_by_keyboard_alone_from_the_front_page_to_the_capture(browser: Chromium, site: Site) -> None:
    def tab_to(what: str, most: int = 60) -> None:
        for _ in range(most):
            browser.key("Tab")
            if browser.evaluate(f"document.activeElement.matches({json.dumps(what)})"):
                outline = browser.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert outline != "none", "where the focus is must be seen"
                return
        pytest.fail(f"the keyboard does not reach {what}")

    def enter() -> None:
        browser._events.clear()
        browser.key("Enter")
        browser.wait("Page.loadEventFired")

    browser.open(f"{site.browse}/")
    tab_to("a.skip", 1)
    tab_to("#q")
    browser.type("신약")
    enter()
    tab_to(".results h2 a")
    enter()
    assert browser.evaluate("document.querySelector('h1').textContent") == "가람바이오 신약, 임상 2상 환자 모집"
    tab_to(".side a.button")
    enter()
    assert browser.evaluate("location.origin") == site.replay
