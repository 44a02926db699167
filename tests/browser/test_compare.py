"""Comparing captures, blocks and files, in a real Chromium."""

from __future__ import annotations

from archived_site import HOST, Site
from chromium import Chromium

BAR = "document.querySelector('seogo-banner').shadowRoot"


def elsewhere(browser: Chromium, site: Site) -> list[str]:
    """The addresses asked for that are not ours."""
    return [url for url in browser.requests if not url.startswith((site.browse, site.replay, "data:", "about:"))]


def errors(browser: Chromium) -> list[str]:
    """What the console complained of."""
    return [message for message in browser.messages if message.startswith(("error", "warning"))]


def test_from_the_banner_to_both_comparisons(browser: Chromium, site: Site) -> None:
    browser.messages.clear()
    browser.requests.clear()
    browser.open(f"{site.replay}/capture/{site.made['one'].id}/")
    browser.open(browser.evaluate(f"{BAR}.querySelector('.changes').href"))
    assert browser.evaluate("[...document.querySelectorAll('ins')].map(e => e.textContent).join('|')") == (
        "환자 모집|회사는 이날 오후 모집 기관을 네 곳으로 늘린다고 덧붙였다."
    )
    browser.click(".spans a[href*='view=pages']")
    browser.settle(0.5)
    # Chromium gives sandboxed frames processes, and so targets, of their own.
    targets = browser.call("Target.getTargets", filter=[{"type": "iframe"}])["targetInfos"]
    assert sorted(target["url"].partition("?")[0] for target in targets) == sorted(
        f"{site.replay}/capture/{site.made[name].id}/" for name in ("one", "one later")
    )
    assert browser.evaluate("[...document.querySelectorAll('iframe')].every(f => f.contentDocument === null)")
    assert elsewhere(browser, site) == []
    assert errors(browser) == []


def test_a_block_chosen_in_the_banner_is_outlined_and_leads_to_its_history(browser: Chromium, site: Site) -> None:
    browser.open(f"{site.replay}/capture/{site.made['one'].id}/")
    shown = "[...document.querySelectorAll('seogo-banner > a')].filter(a => a.offsetHeight).map(a => a.href)"
    assert browser.evaluate(shown) == []
    browser.evaluate(f"{BAR}.querySelector('.list a').click()")
    browser.settle(0.2)
    assert browser.evaluate("location.hash").startswith("#block=")
    assert browser.evaluate("document.querySelectorAll(':target').length") == 1
    leads = browser.evaluate(shown)
    assert len(leads) == 1
    browser.open(leads[0])
    assert browser.evaluate("document.querySelector('svg.chart, .rank, .empty') !== null")


def test_a_pdf_is_told_and_never_opened(browser: Chromium, site: Site) -> None:
    browser.requests.clear()
    browser.messages.clear()
    browser.open(f"{site.replay}/web/20261120010000/{HOST}/a.pdf")
    assert "application/pdf" in browser.evaluate("document.querySelector('h1').textContent")
    browser.call("Browser.setDownloadBehavior", behavior="deny", eventsEnabled=True)
    browser._events.clear()
    browser.press(".button")
    assert browser.wait("Browser.downloadWillBegin")["suggestedFilename"] == "a.pdf"
    assert elsewhere(browser, site) == []


def test_a_picture_in_a_window_is_on_a_page_of_ours(browser: Chromium, site: Site) -> None:
    browser.messages.clear()
    browser.open(f"{site.replay}/web/20261120010000/{HOST}/hostile/x")
    assert browser.evaluate("document.images[0].naturalWidth") == 1
    assert errors(browser) == []
