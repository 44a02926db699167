"""What the browse server says to people, in Korean and in English, and how it tells times."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from archive.times import from_text

KOREAN: Mapping[str, str] = {
    "lang": "ko",
    "archive": "서고",
    "tagline": "뉴스를 쌓아 두는 곳",
    "home": "첫 화면",
    "lists": "순위와 섹션",
    "tables": "표와 SQL",
    "search": "찾기",
    "search_for": "기사 찾기",
    "skip": "본문으로 건너뛰기",
    "latest": "최근 기사",
    "rankings": "지금의 순위",
    "articles": "기사",
    "no_articles": "아직 수집된 기사가 없습니다.",
    "no_rankings": "아직 수집된 순위가 없습니다.",
    "last_capture": "마지막 수집",
    "history": "순위 변화",
    "history_section": "실린 이력",
    "see": "그때 화면",
    "seen_at": "수집",
    "changed": "판",
    "untitled": "제목 없음",
    "results": "건",
    "results_capped": "건 이상",
    "no_results": "찾은 기사가 없습니다.",
    "type_query": "찾을 말을 입력하십시오.",
    "site": "사이트",
    "all_sites": "모든 사이트",
    "after": "이 날부터",
    "before": "이 날 전까지",
    "order": "순서",
    "by_relevance": "관련도순",
    "by_newest": "최신순",
    "earlier_page": "앞 쪽",
    "later_page": "다음 쪽",
    "published": "발행",
    "modified": "수정",
    "original": "원문 주소",
    "captures": "수집",
    "versions": "판과 달라진 곳",
    "version": "판",
    "first_version": "처음 수집된 판",
    "unchanged": "단락 그대로",
    "headline": "제목",
    "ranked_in": "오른 순위",
    "not_ranked": "순위에 오른 기록이 없습니다.",
    "stood_in": "실린 섹션",
    "addresses": "다른 주소",
    "calendar": "달력",
    "open": "보관된 화면 열기",
    "rank": "순위",
    "from": "부터",
    "until": "까지",
    "times": "회 확인",
    "at_instant": "그때의 목록",
    "snapshots": "수집된 화면",
    "gaps": "빈 구간",
    "gap_note": "목록이 있어야 할 화면에 없던 수집입니다. 순위에서 빠진 것으로 세지 않습니다.",
    "empty_list": "비어 있습니다.",
    "span_1d": "하루",
    "span_7d": "한 주",
    "span_30d": "한 달",
    "span_all": "전체",
    "chart": "순위 변화 그림",
    "not_found": "찾을 수 없습니다",
    "not_found_text": "서고에 그런 것이 없습니다.",
    "broken": "서고를 읽을 수 없습니다",
    "bad_request": "이해할 수 없는 요청입니다",
    "other_language": "English",
    "other": "en",
    "new": "새로",
    "same": "그대로",
    "minutes": "{}분 전",
    "hours": "{}시간 전",
    "days": "{}일 전",
    "just_now": "방금",
    "footer": "이 컴퓨터 안에서만 열립니다. 모든 사실은 수집된 바이트로 이어집니다.",
    "more": "더 보기",
    "today": "하루 사이 달라진 기사",
    "ranked": "순위",
    "section": "섹션",
    "text_changed": "본문 바뀜",
    "list_of_page": "한 화면에만 있는 목록",
}
ENGLISH: Mapping[str, str] = {
    "lang": "en",
    "archive": "Seogo",
    "tagline": "the stacks of the news",
    "home": "Front page",
    "lists": "Rankings and sections",
    "tables": "Tables and SQL",
    "search": "Search",
    "search_for": "Search articles",
    "skip": "Skip to the content",
    "latest": "Latest articles",
    "rankings": "Rankings now",
    "articles": "articles",
    "no_articles": "No articles captured yet.",
    "no_rankings": "No rankings captured yet.",
    "last_capture": "Last capture",
    "history": "Rank history",
    "history_section": "What it showed",
    "see": "See it there",
    "seen_at": "captured",
    "changed": "version",
    "untitled": "untitled",
    "results": "articles",
    "results_capped": "articles or more",
    "no_results": "No articles found.",
    "type_query": "Type what to look for.",
    "site": "Site",
    "all_sites": "All sites",
    "after": "From this day",
    "before": "Before this day",
    "order": "Order",
    "by_relevance": "Most relevant",
    "by_newest": "Newest",
    "earlier_page": "Previous page",
    "later_page": "Next page",
    "published": "Published",
    "modified": "Modified",
    "original": "Original address",
    "captures": "Captures",
    "versions": "Versions and what changed",
    "version": "Version",
    "first_version": "As first captured",
    "unchanged": "paragraphs unchanged",
    "headline": "Headline",
    "ranked_in": "Where it ranked",
    "not_ranked": "Never seen in a ranking.",
    "stood_in": "Sections it stood in",
    "addresses": "Other addresses",
    "calendar": "Calendar",
    "open": "Open the archived page",
    "rank": "Rank",
    "from": "from",
    "until": "until",
    "times": "sightings",
    "at_instant": "The list at that time",
    "snapshots": "Captures that show it",
    "gaps": "Gaps",
    "gap_note": "Captures of a page where the list belongs and was not seen. Not counted as dropping out.",
    "empty_list": "Empty.",
    "span_1d": "A day",
    "span_7d": "A week",
    "span_30d": "A month",
    "span_all": "All",
    "chart": "Chart of ranks over time",
    "not_found": "Not found",
    "not_found_text": "The archive has nothing of that name.",
    "broken": "The archive cannot be read",
    "bad_request": "This request makes no sense",
    "other_language": "한국어",
    "other": "ko",
    "new": "new",
    "same": "same",
    "minutes": "{} min ago",
    "hours": "{} h ago",
    "days": "{} d ago",
    "just_now": "just now",
    "footer": "Open on this machine only. Every fact leads to its captured bytes.",
    "more": "More",
    "today": "Changed within a day",
    "ranked": "ranking",
    "section": "section",
    "text_changed": "text changed",
    "list_of_page": "Lists of single pages",
}

_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}))?(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?")


def ago(words: Mapping[str, str], captured_at: str | None, now: datetime) -> str:
    """How long ago an instant of the index was, in the largest unit that fits."""
    if not captured_at:
        return ""
    seconds = max(0.0, (now - from_text(captured_at)).total_seconds())
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= length:
            return words[unit].format(int(seconds // length))
    return words["just_now"]


def shown_date(published: str | None) -> str:
    """A date of a page as people read it, in the zone in which the page gave it.

    >>> shown_date("2026-11-20T06:00:00+09:00")
    '2026-11-20 06:00 (+09:00)'
    """
    found = _ISO.fullmatch(published or "")
    if found is None:
        return published or ""
    day, clock, zone = found.groups()
    return day + (f" {clock}" if clock else "") + (f" ({'UTC' if zone == 'Z' else zone})" if clock and zone else "")
