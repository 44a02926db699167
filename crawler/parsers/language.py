"""The language a page is written in: its declaration, checked against its script."""

from __future__ import annotations

import re

from archive.document import Document

_CODE = re.compile(r"^([a-z]{2,3})(?:[-_].*)?$", re.I)
_ALIASES = {
    "kr": "ko", "jp": "ja", "cn": "zh", "iw": "he", "in": "id", "deu": "de", "ger": "de", "eng": "en", "kor": "ko",
    "jpn": "ja",    "fra": "fr", "spa": "es", "por": "pt", "ita": "it", "zho": "zh", "und": "", "mul": "",
}  # fmt: skip
_SCRIPTS = (
    ("ko", re.compile("[\uac00-\ud7a3]")),
    ("ja", re.compile("[\u3041-\u3096\u30a1-\u30fa]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("th", re.compile("[\u0e01-\u0e5b]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u05d0-\u05ea]")),
)
_OTHER = re.compile("[\u0370-\u03ff\u05d0-\u05ea\u0e01-\u0e5b\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]")
# Where a script points at one language unless the page declares another of the same script.
_NEED = {"ko": 0.3, "ja": 0.1, "zh": 0.3, "th": 0.3, "el": 0.3, "he": 0.3}


def find_language(document: Document, declared: str | None, sample: str) -> str | None:
    """The two-letter code of the page's language.

    `declared` is what its data says, `sample` its running text, whose script is believed first.
    """
    written = _by_script(sample)
    if written:
        return written
    root = document.tree
    for value in (
        root.get("lang"),
        root.get("xml:lang"),
        root.get("{http://www.w3.org/XML/1998/namespace}lang"),
        declared,
    ):
        code = _code(value)
        # A Korean or Japanese declaration on a page in Latin script is a template's, not the text's.
        if code and not (code in _NEED and len(sample) > 200):
            return code
    return None


def _code(value: str | None) -> str | None:
    found = _CODE.match((value or "").strip())
    if not found:
        return None
    code = found.group(1).lower()
    return _ALIASES.get(code, code) or None


def _by_script(sample: str) -> str | None:
    sample = sample[:1500]
    if not _OTHER.search(sample):
        return None
    letters = sum(map(str.isalpha, sample))
    if letters < 20:
        return None
    for code, pattern in _SCRIPTS:
        if len(pattern.findall(sample)) > letters * _NEED[code]:
            return code
    return None
