"""Whether a host was asked no faster than its delay, as far as a server can tell."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

_LATE = 0.5


def keeps(delay: float, moments: Sequence[float]) -> bool:
    """Whether requests that came at these times (seconds, any order) were sent `delay` apart.

    A loaded machine makes a server late with single requests: the gap after such a one is short, the one before it
    long, and the whole is shorter by how late the first was. The middle one of all gaps stays.
    """
    ordered = sorted(moments)
    gaps = [later - earlier for earlier, later in pairwise(ordered)]
    assert len(gaps) > 2, "too few requests to tell"
    return median(gaps) > 0.8 * delay and ordered[-1] - ordered[0] > delay * len(gaps) - _LATE
