"""Both servers over an archive of our pages and of hostile ones, and a Chromium to look at them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1]))

import chromium
from archived_site import HOST, HOSTILE, OUTSIDE, PDF, Site

from replay_fixture import PNG, Builder, build


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Both servers, running."""
    from serving import serving

    directory = tmp_path_factory.mktemp("archive")
    made = build(directory)
    with Builder(directory) as add:
        for name, html in HOSTILE.items():
            page = html.replace("OUT", OUTSIDE)
            made[name] = add.add(f"{HOST}/hostile/{name}", page, "2026-11-20T01:00:00")
        made["pdf"] = add.add(f"{HOST}/a.pdf", PDF, "2026-11-20T01:00:00", content_type="application/pdf")
        made["picture"] = add.add(f"{HOST}/hostile/x", PNG, "2026-11-20T01:00:00", content_type="image/png")
    with serving(directory) as (browse, replay_origin):
        yield Site(browse, replay_origin, made)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[chromium.Chromium]:
    """A Chromium; skipped where there is none, but not in CI, which installs it."""
    if chromium.path() is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not installed: apt-get install chromium")
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with chromium.Chromium(tmp_path_factory.mktemp("profile")) as running:
        yield running
