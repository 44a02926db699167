"""What a person types into a search box, as an FTS5 expression and filters. Every string is a valid query.

- Words: all must be there; a particle at a word's end is optional; `"…"` is taken as it stands; `-word` must not be
  there.
- `site:NAME`, `author:NAME`, `after:DATE` (that day and later), `before:DATE` (earlier than that day); DATE is
  `2026`, `2026-11` or `2026-11-23`. A filter whose value is none is searched for as text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.index.particles import stem
from archive.index.tokens import normalise, phrase

# Nobody types more; what is pasted beyond it is not looked at.
LONGEST_QUERY = 1000
MOST_TERMS = 24

_PART = re.compile(r'(-?)(?:(site|author|after|before):)?(?:"([^"]*)"?|([^\s"]+))', re.IGNORECASE)
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a quoted phrase."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query. `after` and `before` are dates of one to three parts."""

    terms: tuple[Term, ...] = ()
    excluded: tuple[Term, ...] = ()
    site: str | None = None
    author: str | None = None
    after: str | None = None
    before: str | None = None

    @property
    def filtered(self) -> bool:
        """Whether it asks for more than text."""
        return any((self.site, self.author, self.after, self.before))


def is_date(text: str) -> bool:
    """Whether a text is a year, a month or a day, as `after:` and `before:` take them."""
    return bool(_DATE.fullmatch(text))


def parse_query(text: str) -> Query:
    """Take a query apart; never raises.

    >>> parse_query('신약 -복제 "임상 3상" site:yakup').excluded
    (Term(text='복제', quoted=False),)
    """
    filters: dict[str, str] = {}
    terms: list[Term] = []
    excluded: list[Term] = []
    for match in _PART.finditer(text[:LONGEST_QUERY]):
        minus, field, quoted, word = match.groups()
        value = quoted if quoted is not None else word
        named = field.lower() if field else None
        if named and not minus and value and (named in ("site", "author") or is_date(value)):
            filters[named] = value
            continue
        term = Term(f"{field}:{value}" if field else value, quoted is not None)
        if phrase(term.text)[0]:
            (excluded if minus else terms).append(term)
    return Query(tuple(terms[:MOST_TERMS]), tuple(excluded[:MOST_TERMS]), **filters)


def match_expression(query: Query) -> str | None:
    """The FTS5 expression that finds `terms` and not `excluded`; None where no term must be there.

    >>> match_expression(parse_query("재단은 신약"))
    '(("재단 단은" OR "재단") AND "신약") OR "재단 단은 은신 신약"'
    """
    if not query.terms:
        return None
    expression = " AND ".join(_either(term) for term in query.terms)
    if len(query.terms) > 1 and not any(term.quoted for term in query.terms):
        # Words that stand together rank higher than the same words apart.
        expression = f"({expression}) OR {_quoted(' '.join(term.text for term in query.terms))}"
    if query.excluded:
        expression = f"({expression}) NOT ({excluded_expression(query)})"
    return expression


def excluded_expression(query: Query) -> str:
    """The FTS5 expression that finds what must not be there. `query.excluded` must not be empty."""
    return " OR ".join(_quoted(term.text) for term in query.excluded)


def forms(term: Term) -> tuple[str, ...]:
    """The forms in which a term is looked for, normalised: as typed, and without a particle."""
    typed = normalise(term.text)
    bare = typed if term.quoted else stem(typed)
    return (typed,) if bare == typed else (typed, bare)


def _either(term: Term) -> str:
    alternatives = [_quoted(form) for form in forms(term)]
    return alternatives[0] if len(alternatives) == 1 else f"({' OR '.join(alternatives)})"


def _quoted(text: str) -> str:
    # Tokens are letters and digits alone, so that nothing in them can end the string.
    found, begins = phrase(text)
    return f'"{" ".join(found)}"' + (" *" if begins else "")
