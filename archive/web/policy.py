"""Content-Security-Policy of the browse server: none of our pages has a script; Datasette's own are known by hash."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files

_COMMON = "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
OURS = f"default-src 'none'; style-src 'self'; img-src 'self' data:; {_COMMON}"

_INLINE = re.compile(r"<script>(.*?)</script>", re.S)
_FLAG = "{{ datasette_allow_facet }}"


@cache
def datasettes() -> str:
    """The policy of Datasette's table, row and query pages: scripts of its package, its inline scripts by hash.

    Its templates colour headings by style attributes, so inline styles are allowed there.
    """
    hashes = " ".join(sorted({f"'sha256-{_hash(script)}'" for script in _inline_scripts()}))
    return (
        f"default-src 'none'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        f"connect-src 'self'; {_COMMON}"
    )


def _inline_scripts() -> list[str]:
    """The inline scripts in the templates of the installed Datasette, as they come out rendered."""
    scripts = []
    for template in files("datasette").joinpath("templates").iterdir():
        if template.name.endswith(".html"):
            for found in _INLINE.finditer(template.read_text("utf-8")):
                text = found.group(1)
                if _FLAG in text:
                    scripts += [text.replace(_FLAG, "true"), text.replace(_FLAG, "false")]
                elif "{{" not in text and "{%" not in text:
                    scripts.append(text)
    return scripts


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
