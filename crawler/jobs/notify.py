"""Messages to people: kept until they are delivered, not more often than is useful, several as one."""

from __future__ import annotations

import json
import smtplib
import subprocess
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from archive.times import to_text
from crawler.jobs.state import State

BETWEEN: Final = timedelta(minutes=10)
"""A target gets no second message earlier; what comes up meanwhile goes with the next one."""

TIMEOUT: Final = 15.0
_MOST_ATTEMPTS: Final = 20
_MOST_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one target: `rows` are the JSON objects that it tells of."""

    target: str
    ids: tuple[int, ...]
    rows: tuple[dict[str, Any], ...]

    @property
    def subject(self) -> str:
        """A line for people."""
        first = str(self.rows[0].get("said", ""))[:120]
        return f"Seogo: {first}" + (f" (and {len(self.rows) - 1} more)" if len(self.rows) > 1 else "")

    @property
    def text(self) -> str:
        """All of it for people."""
        return "\n\n".join(
            "\n".join(f"{key}: {value}" for key, value in row.items() if value not in (None, "")) for row in self.rows
        )

    @property
    def data(self) -> bytes:
        """All of it for programs; `text` is what chat services show."""
        return json.dumps({"text": f"{self.subject}\n\n{self.text}", "events": list(self.rows)}).encode()


class Undelivered(Exception):
    """A message did not reach its target; the sentence says why."""


def post(state: State, targets: Sequence[str], row: dict[str, Any], now: datetime) -> None:
    """Keep a message for each target until `letters` is asked."""
    with state.transaction():
        state.connection.executemany(
            "INSERT INTO message (target, made_at, body) VALUES (?, ?, ?)",
            [(target, to_text(now), json.dumps(row, ensure_ascii=False)) for target in targets],
        )


def letters(state: State, now: datetime, digest: timedelta | None = None) -> list[Letter]:
    """What is to be sent now, one letter a target. With `digest`, each target gets one in so long."""
    between = digest or BETWEEN
    found = []
    for (target,) in state.connection.execute("SELECT DISTINCT target FROM message ORDER BY target").fetchall():
        row = state.connection.execute("SELECT sent_at, retry_at FROM target WHERE name = ?", (target,)).fetchone()
        sent_at, retry_at = row or (None, None)
        rows = state.connection.execute(
            "SELECT id, body, made_at FROM message WHERE target = ? ORDER BY id LIMIT ?", (target, _MOST_AT_ONCE)
        ).fetchall()
        # A digest waits from its first message on, a plain message only from the last one sent.
        since = max(filter(None, (sent_at, rows[0][2] if digest else None)), default=None)
        early = since is not None and to_text(now - between) < since <= to_text(now)
        if early or (retry_at is not None and to_text(now) < retry_at <= to_text(now + timedelta(days=1))):
            continue
        found.append(Letter(target, tuple(row[0] for row in rows), tuple(json.loads(row[1]) for row in rows)))
    return found


def settle(state: State, letter: Letter, now: datetime, error: str | None) -> None:
    """Note that a letter was delivered, or why not; it is tried again, for about a day."""
    marks = ", ".join("?" * len(letter.ids))
    with state.transaction():
        if error is None:
            state.connection.execute(f"DELETE FROM message WHERE id IN ({marks})", letter.ids)
            state.connection.execute("INSERT OR REPLACE INTO target VALUES (?, ?, NULL)", (letter.target, to_text(now)))
            return
        state.connection.execute(f"UPDATE message SET attempts = attempts + 1 WHERE id IN ({marks})", letter.ids)
        state.connection.execute("DELETE FROM message WHERE attempts >= ?", (_MOST_ATTEMPTS,))
        (attempts,) = state.connection.execute(
            "SELECT coalesce(max(attempts), 0) FROM message WHERE target = ?", (letter.target,)
        ).fetchone()
        wait = min(timedelta(hours=2), timedelta(minutes=1) * (1 << min(int(attempts), 10)))
        state.connection.execute(
            "INSERT INTO target VALUES (?, NULL, ?) ON CONFLICT(name) DO UPDATE SET retry_at = excluded.retry_at",
            (letter.target, to_text(now + wait)),
        )
    state.note("", "notify", f"{named(letter.target)}: {error}", now)


def named(target: str) -> str:
    """A target for logs: of a webhook, whose path is often its password, the host alone.

    >>> named("https://hooks.example.org/T0/B0/secret"), named("exec:/bin/tell")
    ('https://hooks.example.org/...', 'exec:/bin/tell')
    """
    if not target.startswith(("http://", "https://")):
        return target
    scheme, _, rest = target.partition("://")
    return f"{scheme}://{urlsplit(target).hostname or rest[:20]}/..."


def send(letter: Letter, smtp: str | None, sender: str) -> None:
    """Deliver one letter; blocks for up to TIMEOUT seconds and some. Raises Undelivered."""
    kind, _, rest = letter.target.partition(":")
    try:
        if kind == "exec":
            _execute(rest, letter)
        elif kind == "mailto":
            _mail(rest, letter, smtp or "", sender)
        else:
            _call(letter)
    except (OSError, ValueError, smtplib.SMTPException, subprocess.SubprocessError) as error:
        raise Undelivered(" ".join(f"{type(error).__name__}: {error}".split())[:300]) from error


def _call(letter: Letter) -> None:
    request = urllib.request.Request(  # noqa: S310  the job file lets only http and https through
        letter.target, letter.data, {"Content-Type": "application/json", "User-Agent": "Seogo"}, method="POST"
    )
    # Whoever answers with a redirect gets no second request, to wherever it points.
    opener = urllib.request.build_opener(_NoRedirect)
    with opener.open(request, timeout=TIMEOUT) as answer:
        answer.read(1000)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def _mail(address: str, letter: Letter, smtp: str, sender: str) -> None:
    server = urlsplit(smtp)
    message = EmailMessage()
    message["Subject"] = " ".join("".join(c if c.isprintable() else " " for c in letter.subject).split())
    message["From"] = sender
    message["To"] = unquote(address)
    message.set_content(letter.text)
    client = smtplib.SMTP_SSL if server.scheme == "smtps" else smtplib.SMTP
    with client(server.hostname or "", server.port or 0, timeout=TIMEOUT) as connection:
        if server.username and server.scheme == "smtp":
            connection.starttls()
        if server.username:
            connection.login(unquote(server.username), unquote(server.password or ""))
        connection.send_message(message)


def _execute(path: str, letter: Letter) -> None:
    ended = subprocess.run(  # noqa: S603  the job file's own command, without a shell
        [path, letter.subject], input=letter.data, capture_output=True, timeout=TIMEOUT, check=False
    )
    if ended.returncode:
        raise ValueError(f"it ended with {ended.returncode}: {ended.stderr.decode('utf-8', 'replace')[:200]}")
