"""Charts as SVG, drawn on the server: places of entries over time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta, tzinfo
from xml.sax.saxutils import escape

from archive.index.stretches import Gap, Stretch
from archive.times import from_text

_LEFT, _ROW, _TOP, _AXIS = 34, 30, 16, 26
_WIDTH, _NARROW, _LABELS = 1100, 400, 300
# Beyond these places and entries a chart is no longer read.
MOST_PLACES = 20
MOST_ENTRIES = 60


def bump_chart(
    stretches: Sequence[Stretch], gaps: Sequence[Gap], label: str, zone: tzinfo | None, *, small: bool = False
) -> str:
    """Lines of places over time: whole where an entry was seen, dotted where it moved or was not seen between.

    Gaps are marked by upright lines. Times are told in `zone`. `small` is for a narrow column, without the titles at
    the right. All text is escaped. Empty without stretches.
    """
    shown = [stretch for stretch in stretches if 0 < stretch.place <= MOST_PLACES]
    if not shown:
        return ""
    lines: defaultdict[str, list[Stretch]] = defaultdict(list)
    for stretch in shown:
        lines[stretch.article_id or stretch.url or stretch.title].append(stretch)
    chosen = sorted(lines.items(), key=lambda line: (-sum(s.sightings for s in line[1]), line[0]))[:MOST_ENTRIES]
    start = min(from_text(s.first_seen) for s in shown)
    end = max(from_text(s.last_seen) for s in shown)
    length = max((end - start).total_seconds(), 1.0)
    places = max(s.place for s in shown)
    width = _NARROW if small else _WIDTH
    right = width - (12 if small else _LABELS)
    ticks = 2 if small else 5
    height = _TOP + places * _ROW + _AXIS

    def x(instant: str) -> float:
        return _LEFT + 10 + (from_text(instant) - start).total_seconds() / length * (right - _LEFT - 20)

    def y(place: int) -> float:
        return _TOP + (place - 0.5) * _ROW

    out = [f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-label="{_attribute(label)}">']
    for place in range(1, places + 1):
        out.append(f'<line class="grid" x1="{_LEFT}" x2="{right}" y1="{y(place):.1f}" y2="{y(place):.1f}"/>')
        out.append(f'<text x="{_LEFT - 10}" y="{y(place) + 4:.1f}" text-anchor="end">{place}</text>')
    floor = _TOP + places * _ROW
    for gap in gaps[:500]:
        if start <= from_text(gap.captured_at) <= end:
            at = x(gap.captured_at)
            out.append(f'<path class="join c9" d="M{at:.1f} {_TOP}V{floor}"><title>{gap.captured_at}</title></path>')
    for number in range(ticks + 1):
        instant = start + timedelta(seconds=length * number / ticks)
        at = _LEFT + 10 + (right - _LEFT - 20) * number / ticks
        form = "%m-%d %H:%M" if length < 20 * 86_400 else "%Y-%m-%d"
        anchor = "start" if number == 0 else "end" if number == ticks else "middle"
        when = instant.astimezone(zone).strftime(form)
        out.append(f'<text x="{at:.0f}" y="{height - 6}" text-anchor="{anchor}">{when}</text>')
    for number, (_, line) in enumerate(chosen):
        out += _line(sorted(line, key=lambda s: (s.first_seen, s.place)), f"c{number % 10}", x, y)
        last = max(line, key=lambda s: (s.last_seen, -s.place))
        if not small and from_text(last.last_seen) == end:
            name = escape(_short(last.title))
            out.append(f'<text class="name" x="{right + 8}" y="{y(last.place) + 4:.1f}">{name}</text>')
    out.append("</svg>")
    return "".join(out)


def _line(
    stretches: Sequence[Stretch], color: str, x: Callable[[str], float], y: Callable[[int], float]
) -> Iterator[str]:
    previous: Stretch | None = None
    for stretch in stretches:
        left, right, at = x(stretch.first_seen), x(stretch.last_seen), y(stretch.place)
        if previous is not None:
            before, there = x(previous.last_seen), y(previous.place)
            middle = (before + left) / 2
            curve = f"M{before:.1f} {there:.1f}C{middle:.1f} {there:.1f} {middle:.1f} {at:.1f} {left:.1f} {at:.1f}"
            yield f'<path class="join {color}" d="{curve}"/>'
        title = f"<title>{stretch.place}. {escape(stretch.title)}</title>"
        if right > left:
            yield f'<path class="line {color}" d="M{left:.1f} {at:.1f}H{right:.1f}">{title}</path>'
        yield f'<circle class="{color}" cx="{left:.1f}" cy="{at:.1f}" r="4.5">{title}</circle>'
        previous = stretch


def _short(title: str, limit: int = 22) -> str:
    return title if len(title) <= limit else title[: limit - 1] + "…"


def _attribute(text: str) -> str:
    return escape(text, {'"': "&quot;"})
