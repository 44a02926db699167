"""Options and habits that the crawler's commands share."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from math import isnan
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


class _Seconds(click.FloatRange):
    """A number of seconds within a range; NaN, which is neither below nor above one, is refused too."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if isnan(number):
            self.fail(f"{value} is no number of seconds.", param, ctx)
        return number


def workers_option(command: F) -> F:
    """`--parse-workers N`."""
    return click.option(
        "--parse-workers",
        type=click.IntRange(0, 64),
        metavar="N",
        help="Processes that parse pages; 0 parses without limits in the command's own. Default: one a core.",
    )(command)


def worker_option(command: F) -> F:
    """`--worker NAME`."""
    return click.option(
        "--worker", envvar="SEOGO_WORKER", metavar="NAME", help="Run the jobs that name this worker, and no others."
    )(command)


def fetch_options(command: F) -> F:
    """How pages are fetched, for all commands that fetch many: budget, delay, guards, proxy, requisites, contact."""
    for option in reversed(
        (
            click.option(
                "--max-pages", type=click.IntRange(1), metavar="N", help="Stop after so many pages; the rest waits."
            ),
            click.option(
                "--delay",
                type=_Seconds(0, 3600),
                metavar="S",
                help="Seconds between two requests to a host (default 1).",
            ),
            click.option(
                "--allow-private", is_flag=True, default=None, help="Let loopback and private addresses be fetched."
            ),
            click.option("--proxy", metavar="URL", help="Send every request through this proxy."),
            click.option("--ca-file", metavar="FILE", help="Trust the certificate authorities in this PEM file too."),
            click.option(
                "--no-requisites",
                "requisites",
                flag_value=False,
                default=None,
                help="Fetch no pictures and styles.",
            ),
            click.option(
                "--contact",
                envvar="SEOGO_CONTACT",
                metavar="WHO",
                help="How site owners reach you: goes into the User-Agent.",
            ),
        )
    ):
        command = option(command)
    return command


def log_to_stderr() -> None:
    """Warnings and worse go to stderr, one line each; SEOGO_LOG_LEVEL asks for more or less."""
    handler = logging.StreamHandler()
    handler.setFormatter(_OneLine("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=os.environ.get("SEOGO_LOG_LEVEL", "ERROR").upper(), handlers=[handler])


def is_terminal() -> bool:
    """Whether somebody watches: progress is shown then."""
    return sys.stderr.isatty()


class _OneLine(logging.Formatter):
    """What comes from outside, an address or a server's words, cannot steer a terminal or forge a line."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  logging's name
        return printable(super().formatMessage(record))


def printable(said: str) -> str:
    """A text without what could steer a terminal or begin a line of its own."""
    return "".join(one if one.isprintable() else f"\\x{ord(one):02x}" for one in said)
