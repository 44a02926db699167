"""One line on stderr that tells how a crawl is going."""

from __future__ import annotations

import asyncio
import time

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from crawler.pipelines import Keeper

_EVERY = 0.25


async def watch(kept: Keeper) -> None:
    """Show the run's durable counts until cancelled."""
    begun = time.monotonic()
    spinner = Spinner("dots")
    with Live(spinner, console=Console(stderr=True), transient=True, refresh_per_second=8):
        while True:
            counts = kept.writer.counts
            spinner.update(
                text=Text(
                    f"{kept.writer.run.site}  {counts['captures']} captures  {counts['items']} pages parsed  "
                    f"{counts['revisits']} unchanged  {counts['outcomes']} failed  {time.monotonic() - begun:.0f} s",
                    no_wrap=True,
                    overflow="ellipsis",
                )
            )
            await asyncio.sleep(_EVERY)
