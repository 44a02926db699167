"""The anatomy's picture in a real browser: nothing of the page runs, nothing is asked for, every part is in view."""

from __future__ import annotations

from pathlib import Path

from chromium import Chromium

from crawler.parsing import ParseTask
from crawler.picture import drawn

OUTSIDE = "https://evil.example"
PARAGRAPHS = [
    f"강남 다리 {number}호가 월요일 아침에 다시 열렸다고 시청이 밝혔다. 공사는 두 해 동안 이어졌고 통행은 막혀 있었다."
    for number in range(1, 6)
]
TEXT = "".join(f"<p onclick=\"window.ran='click'\">{text}</p>" for text in PARAGRAPHS)
ROWS = "".join(
    f'<li><a href="/{n}" onclick="window.ran={n}">{n}. 많이 읽힌 기사 제목 {n}번입니다</a></li>' for n in range(1, 6)
)
PAGE = f"""<!doctype html><html lang="ko"><head><title>다리가 다시 열렸다</title>
<meta property="og:type" content="article">
<script>window.ran = 'script'</script><script src="{OUTSIDE}/a.js"></script><link rel=stylesheet href="{OUTSIDE}/a.css">
<meta http-equiv="refresh" content="0;url={OUTSIDE}/refresh"><base href="{OUTSIDE}/base/"></head>
<body onload="window.ran='load'" background="{OUTSIDE}/b.png" style="background:url({OUTSIDE}/c.png)">
<h1>다리가 다시 열렸다</h1><div>입력 2025.11.20 06:00 홍길동 기자</div>
<div class="text">{TEXT}<img src="{OUTSIDE}/d.png" onerror="window.ran='error'"
alt="</span><script>window.ran='alt'</script>">
<svg onload="window.ran='svg'"><image href="{OUTSIDE}/e.png"/></svg><video src="{OUTSIDE}/f.mp4" autoplay></video></div>
<div><h3>인기기사</h3><ol>{ROWS}</ol></div><iframe src="{OUTSIDE}/g"></iframe><object data="{OUTSIDE}/h"></object>
<a href="javascript:window.ran='link'">더 알아보기</a>
<form action="{OUTSIDE}/i"><input autofocus onfocus="window.ran='focus'"><button>보내기</button></form>
<div style="display:none" class="mobile">{TEXT}</div>
<math><mtext><style><img src=x onerror="window.ran='math'"></style></mtext></math>
<noscript><img src="{OUTSIDE}/j.png"></noscript><template><script>window.ran='template'</script></template>
</body></html>"""


def shown(browser: Chromium, folder: Path) -> None:
    file = folder / "anatomy.html"
    page, text = drawn(ParseTask(PAGE.encode(), "https://paper.example/1?x=\"><script>window.ran='url'</script>"))
    assert page.ranked_lists
    file.write_text(text, encoding="utf-8")
    # What the page before still asks for is not this one's.
    browser.open("about:blank")
    browser.settle()
    browser.requests.clear()
    browser.messages.clear()
    browser.open(file.as_uri())
    browser.settle()


def test_nothing_runs_and_nothing_is_asked_for(browser: Chromium, tmp_path: Path) -> None:
    shown(browser, tmp_path)
    browser.evaluate("document.querySelectorAll('*').forEach(e => { e.click(); e.focus && e.focus(); })")
    browser.settle()
    assert browser.evaluate("typeof window.ran") == "undefined"
    assert {request.partition("#")[0] for request in browser.requests} == {(tmp_path / "anatomy.html").as_uri()}
    assert browser.messages == []


def test_every_part_is_seen(browser: Chromium, tmp_path: Path) -> None:
    shown(browser, tmp_path)
    look = "[...document.querySelectorAll('#page {}')].map(e => [e.textContent, e.getBoundingClientRect().height > 8])"
    body = browser.evaluate(look.format(".x-body"))
    assert body == [[text, True] for text in PARAGRAPHS]
    repeats = browser.evaluate(look.format(".x-repeat"))
    assert repeats == [[text, True] for text in PARAGRAPHS]
    line = "getComputedStyle(document.querySelector('#page .x-repeat')).textDecorationLine"
    assert browser.evaluate(line) == "line-through"
    assert browser.evaluate(look.format(".x-rank")) == [[str(number), True] for number in range(1, 6)]
    assert browser.evaluate("document.querySelector('#page').lang") == "ko"


def test_it_fits_a_phone(browser: Chromium, tmp_path: Path) -> None:
    browser.emulate(width=390)
    try:
        shown(browser, tmp_path)
        assert browser.evaluate("document.documentElement.scrollWidth") <= 390
        assert browser.evaluate("document.querySelector('#key').getBoundingClientRect().height") < 100
        browser.evaluate("document.querySelector('#facts a[href=\"#ranked-0\"]').click()")
        browser.settle()
        box = browser.evaluate("document.querySelector('#ranked-0').getBoundingClientRect().top")
        assert 40 < box < 844
    finally:
        browser.call("Emulation.clearDeviceMetricsOverride")
