"""What replay says to people, in Korean and in English, and which of the two a browser asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import tzinfo

from archive.times import from_text

_RANGE = re.compile(r"\s*([a-z]{2,3}|\*)(?:-[a-z0-9-]{1,20})?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*", re.I)

KOREAN: Mapping[str, str] = {
    "lang": "ko",
    "archive": "서고",
    "replay": "서고 재생",
    "captured": "수집",
    "earlier": "이전",
    "later": "이후",
    "calendar": "달력",
    "raw": "원본 바이트",
    "blocks": "이 화면의 블록",
    "ranked": "순위",
    "section": "섹션",
    "browse": "서고에서 보기",
    "untitled": "제목 없음",
    "note": "보관된 사본입니다. 스크립트는 실행되지 않습니다.",
    "missing": "보관되지 않은 주소입니다",
    "missing_why": "이 주소는 서고에 수집되어 있지 않습니다.",
    "bad": "이해할 수 없는 주소입니다",
    "gone": "보여 줄 수 없는 사본입니다",
    "damaged": "서고를 읽을 수 없습니다",
    "redirect": "다른 주소로 넘기는 응답입니다",
    "redirect_to": "이 응답은 다음 주소로 넘깁니다.",
    "redirect_self": "이 응답은 같은 주소로 되돌아옵니다.",
    "calendar_of": "수집 달력",
    "changed": "본문이 바뀐 수집",
    "error_status": "오류 응답",
    "same": "그 밖의 수집",
    "year": "연도",
    "more": "더 있음",
    "all_of_day": "이 날의 모든 수집",
    "home": "재생 서버입니다. 서고를 둘러보려면 아래 주소를 여십시오.",
    "empty": "빈 응답입니다",
    "changes_since": "이후 본문 {}번 바뀜",
    "compare": "비교",
    "compare_title": "두 수집의 비교",
    "view_text": "글",
    "view_pages": "화면",
    "left": "앞",
    "right": "뒤",
    "show": "보기",
    "no_difference": "두 수집의 글이 같습니다.",
    "unchanged": "단락 그대로",
    "outlined": "다른 수집에 없는 곳에 점선을 둘렀습니다.",
    "list_changed": "목록이 바뀐 수집",
    "file": "파일",
    "save": "파일 저장",
    "not_shown": "이 형식은 여기서 열지 않습니다. 저장해서 여십시오.",
    "cut": "앞부분만 보입니다.",
    "outlined_block": "표시된 블록",
    "history_of_block": "이력 보기",
    "with_scripts": "스크립트까지 재생",
    "safe_view": "안전한 화면",
    "starting": "재생을 준비하고 있습니다.",
    "start_failed": "이 브라우저에서는 스크립트 재생을 시작할 수 없습니다.",
    "scripted": "스크립트 재생은 여기서 열리지 않습니다",
    "scripted_why": "127.0.0.1 주소에서 여십시오.",
    "weekdays": "월 화 수 목 금 토 일",
}
ENGLISH: Mapping[str, str] = {
    "lang": "en",
    "archive": "Seogo",
    "replay": "Seogo replay",
    "captured": "Captured",
    "earlier": "Earlier",
    "later": "Later",
    "calendar": "Calendar",
    "raw": "Raw bytes",
    "blocks": "Blocks on this page",
    "ranked": "ranked",
    "section": "section",
    "browse": "Open in the archive",
    "untitled": "untitled",
    "note": "An archived copy. No scripts run here.",
    "missing": "Not archived",
    "missing_why": "This address is not in the archive.",
    "bad": "This address makes no sense",
    "gone": "This copy cannot be shown",
    "damaged": "The archive cannot be read",
    "redirect": "A redirect",
    "redirect_to": "This response leads on to the following address.",
    "redirect_self": "This response leads back to its own address.",
    "calendar_of": "Calendar of captures",
    "changed": "text changed",
    "error_status": "error response",
    "same": "other captures",
    "year": "Year",
    "more": "more",
    "all_of_day": "all captures of this day",
    "home": "This is the replay server. To look around the archive, open the address below.",
    "empty": "An empty response",
    "changes_since": "Text changed {} times since",
    "compare": "Compare",
    "compare_title": "Two captures compared",
    "view_text": "Text",
    "view_pages": "Pages",
    "left": "Earlier",
    "right": "Later",
    "show": "Show",
    "no_difference": "The two captures say the same.",
    "unchanged": "paragraphs unchanged",
    "outlined": "What the other capture does not have is outlined.",
    "list_changed": "list changed",
    "file": "File",
    "save": "Save the file",
    "not_shown": "Files of this type are not opened here. Save it to open it.",
    "cut": "Only its beginning is shown.",
    "outlined_block": "Outlined",
    "history_of_block": "Its history",
    "with_scripts": "Replay with scripts",
    "safe_view": "Safe view",
    "starting": "Getting ready.",
    "start_failed": "Replay with scripts cannot start in this browser.",
    "scripted": "Replay with scripts does not open here",
    "scripted_why": "Open it at 127.0.0.1.",
    "weekdays": "Mon Tue Wed Thu Fri Sat Sun",
}


def prefers_korean(accept_language: str) -> bool:
    """Whether an Accept-Language header puts Korean before English; without a header it does.

    >>> prefers_korean("en-US,en;q=0.9,ko;q=0.8"), prefers_korean("")
    (False, True)
    """
    quality = {"ko": 0.0, "en": 0.0}
    for part in accept_language[:500].split(","):
        found = _RANGE.fullmatch(part)
        if found and found.group(1).lower() in quality:
            language = found.group(1).lower()
            quality[language] = max(quality[language], float(found.group(2) or 1))
    if quality["ko"] == quality["en"] == 0:
        return not accept_language.strip()
    return quality["ko"] >= quality["en"]


def words_for(accept_language: str) -> Mapping[str, str]:
    """The texts in the language that a browser asks for."""
    return KOREAN if prefers_korean(accept_language) else ENGLISH


def local_time(captured_at: str, zone: tzinfo | None = None) -> str:
    """An instant of the index as people read it in a zone (None: this machine's): `2026-11-23 12:28:46 KST`."""
    local = from_text(captured_at).astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M:%S} {local.tzname() or local.strftime('%z')}"
