"""What a person is told of seeds and pages that came to nothing, beside the outcome that is recorded of each."""

from __future__ import annotations

from scrapy import Request
from scrapy.http import Response

from archive import times
from archive.errors import ArchiveError
from archive.model import Capture, Outcome
from crawler.discovery.scope import Scope
from crawler.fetch.failures import BadRedirect, RedirectLimit, Refused, RobotsRefused, Undecodable
from crawler.pipelines import MOST_TOLD, Keeper


def failed(kept: Keeper, request: Request, error: BaseException | None) -> None:
    """A request ended without a usable answer; its outcome was recorded where it failed.

    A seed that answered and led nowhere is remarked on; one without an answer, and any page that arrived and could not
    be taken in, make the crawl one with failures.
    """
    role = request.meta.get("role")
    told = f"{_asked(request)}: {error}"
    if isinstance(error, (ArchiveError, OSError)) and not isinstance(error, ConnectionError):
        kept.unparsed.append(told)
        kept.broken = kept.broken or str(error)  # the first tells the cause
    elif isinstance(error, Undecodable):
        if role not in (None, "requisite") and len(kept.unparsed) < MOST_TOLD:
            kept.unparsed.append(told)
    elif role != "seed":
        return
    elif isinstance(error, (RobotsRefused, BadRedirect, RedirectLimit)) or (
        isinstance(error, Refused) and request.meta.get("redirect_times")
    ):
        kept.remarks.append(told)
    else:
        kept.unanswered.append(told)


def no_page(kept: Keeper, response: Response, capture: Capture) -> None:
    """A seed or sidebar page answered, and the answer is no page: an outcome of its own, and a remark."""
    request = response.request
    if request is None or request.meta.get("role") not in ("seed", "sidebar"):
        return
    if response.status >= 400:
        kept.remarks.append(f"{_asked(request)}: The answer is an error, HTTP {response.status}.")
    elif 200 <= response.status < 300:
        kind = f"{capture.mime or 'of no named type'} and no HTML" if response.body else "empty"
        reason = f"The answer is {kind}."
        kept.writer.add_outcome(
            Outcome(kept.writer.run.id, capture.url, times.to_text(times.now()), "no-page", reason, capture.id)
        )
        kept.remarks.append(f"{_asked(request)}: {reason}")


def traps(kept: Keeper, scope: Scope) -> None:
    """The rows without end that were left alone, each once, by its reason and first address."""
    for reason, url in scope.traps.items():
        kept.writer.add_outcome(Outcome(kept.writer.run.id, url, times.to_text(times.now()), "trap", reason))
        kept.remarks.append(f"{url}: Left alone as one of a row without end: {reason}.")


def _asked(request: Request) -> str:
    """The address that was asked for, and where it led."""
    led_by = request.meta.get("redirect_urls")
    if not led_by or led_by[0] == request.url:
        return str(request.url)
    return f"{led_by[0]} led to {request.url}"
