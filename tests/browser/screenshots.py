"""Takes the pictures in docs/: the five main pages over an archive of the example site. `make screenshots` runs it.

python tests/browser/screenshots.py [FOLDER] [--all]     --all: dark, at a phone's width and in English too
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

# Run as a file, from wherever: its neighbours are beside it already, the project is two folders up.
sys.path.append(str(Path(__file__).parents[2]))

import history
from chromium import Chromium
from serving import serving

VISITS = 24


def pages(browser: Chromium, browse: str) -> dict[str, str]:
    """The addresses of the five pages: home, search, an article that changed, a ranked list, a replayed page."""
    browser.open(f"{browse}/")
    ranked = browser.evaluate("document.querySelector('a[href^=\"/list/\"]').getAttribute('href')")
    changed = browser.evaluate("document.querySelector('a[href*=\"#versions\"]').getAttribute('href')")
    seen = browser.evaluate("document.querySelector('a[href*=\"#block=\"]').getAttribute('href')")
    return {
        "home": f"{browse}/",
        "search": f"{browse}/search?q=쌀",
        "article": browse + changed.partition("#")[0],
        "ranking": f"{browse}{ranked}?span=7d",
        "replay": seen,
    }


def take(folder: Path, *, everything: bool) -> None:
    """Write the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name) / "archive"
        history.write(directory, VISITS, datetime.now(UTC))
        with serving(directory) as (browse, replay):
            for language in ("ko", "en") if everything else ("ko",):
                with Chromium(Path(name) / language, width=1180, height=900, language=language) as browser:
                    found = pages(browser, browse)
                    if everything:
                        browser.open(browse + "/search?q=쌀")
                        one = browser.evaluate("document.querySelector('a[href*=\"/capture/\"]')?.href")
                        found |= more(browser, browse, replay, found["article"]) | ({"capture": one} if one else {})
                    for dark in (False, True) if everything else (False,):
                        for width in (None, 390) if everything else (None,):
                            browser.emulate(dark=dark, width=width)
                            for page, address in found.items():
                                browser.open(address)
                                browser.settle(0.3)
                                parts = [page, "dark" if dark else "", "phone" if width else "", language]
                                stem = "-".join(filter(None, parts)) if everything else page
                                browser.screenshot(folder / f"{stem}.png")
                            if width:
                                browser.call("Emulation.clearDeviceMetricsOverride")


def more(browser: Chromium, browse: str, replay: str, article: str) -> dict[str, str]:
    """Pages beyond the five: a section, all lists, a calendar, two captures compared."""
    browser.open(article)
    find = "[...document.querySelectorAll('a')].map(a => a.href).find(href => href.includes({}))"
    found = {
        "calendar": browser.evaluate(find.format("'/web/*/'")),
        "compare": browser.evaluate(find.format("'/compare?'")),
        "lists": f"{browse}/lists",
    }
    browser.open(f"{browse}/lists")
    hrefs = browser.evaluate("[...document.querySelectorAll('main a[href^=\"/list/\"]')].map(a => a.href)")
    found["section"] = hrefs[-1]
    if found["compare"]:
        found["compare-pages"] = f"{found['compare']}&view=pages"
    return {name: address for name, address in found.items() if address}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Take the pictures of the five main pages.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parents[2] / "docs" / "screenshots")
    parser.add_argument("--all", action="store_true", help="dark, at a phone's width and in English too")
    options = parser.parse_args()
    take(options.folder, everything=options.all)
