"""The archive's commands, for the `seogo` group: each is imported when it is run."""

from __future__ import annotations

import importlib
from typing import Any

import click


class Deferred(click.Command):
    """A command whose module is imported when it is run or asked for help, so that `seogo --help` is quick."""

    def __init__(self, name: str, target: str, summary: str) -> None:
        """`target` is `package.module:command`; `summary` is what the group's help says."""
        super().__init__(name, short_help=summary)
        self._target = target

    def load(self) -> click.Command:
        """The command itself."""
        module, _, attribute = self._target.partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context of the command itself, which click then invokes."""
        return self.load().make_context(info_name, args, parent, **extra)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The parameters of the command itself, for completion in shells."""
        return self.load().get_params(ctx)


commands: list[click.Command] = [
    Deferred("search", "archive.commands.search:search", "Find articles: words, phrases, sites, dates."),
    Deferred("show", "archive.commands.show:show", "Show an article, a capture or a block, down to its bytes."),
    Deferred("rankings", "archive.commands.rankings:rankings", "Show ranked lists, now, at an instant or over time."),
    Deferred("sections", "archive.commands.sections:sections", "Show section blocks, now, at an instant or over time."),
    Deferred("history", "archive.commands.history:history", "Show the versions of an article."),
    Deferred("diff", "archive.commands.diff:diff", "Show what changed between two versions of an article."),
    Deferred("stats", "archive.commands.stats:stats", "Count what an archive holds."),
    Deferred("export", "archive.commands.export:export", "Write articles and captures for other programs."),
    Deferred("exclude", "archive.commands.exclude:exclude", "Take down a URL, an article or a capture, for good."),
    Deferred("verify", "archive.commands.verify:verify", "Check that WARC files and index are whole and agree."),
    Deferred("recover", "archive.commands.verify:recover", "Settle what a killed run left, without crawling."),
    Deferred("serve", "archive.commands.serve:serve", "Browse and replay an archive on this machine."),
]
