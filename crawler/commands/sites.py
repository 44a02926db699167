"""`seogo sites`."""

from __future__ import annotations

import json

import click

from archive.commands.options import examples, json_option


@click.group()
def sites() -> None:
    """Site definitions: what is known of a site that its pages do not say."""


@sites.command("list", epilog=examples("sites list"))
@json_option
def list_sites(as_json: bool) -> None:
    """The bundled definitions."""
    from crawler.report import table
    from crawler.sites.loader import load, names

    found = [load(name) for name in names()]
    if as_json:
        for site in found:
            row = {
                "name": site.name,
                "title": site.title,
                "zone": site.zone,
                "seeds": site.seeds,
                "digest": site.digest,
            }
            click.echo(json.dumps(row, ensure_ascii=False))
        return
    for line in table([(site.name, site.title, site.seeds[0]) for site in found]):
        click.echo(line)


@sites.command(epilog=examples("sites check ./mysite.toml"))
@click.argument("definitions", nargs=-1, metavar="[SITE...]")
@json_option
def check(definitions: tuple[str, ...], as_json: bool) -> None:
    """Check definitions, by name or file; without one, all that are bundled."""
    from crawler.errors import DefinitionError
    from crawler.sites.loader import load, names

    worst = 0
    for name in definitions or names():
        try:
            site = load(name)
        except DefinitionError as error:
            worst = error.exit_code
            click.echo(json.dumps({"site": name, "error": str(error)}, ensure_ascii=False) if as_json else str(error))
        else:
            parts = f"{len(site.articles)} article rules, {len(site.lists)} list rules, {len(site.layouts)} layouts"
            said = {"site": site.name, "error": None, "digest": site.digest}
            click.echo(json.dumps(said) if as_json else f"{site.name}: fine; {parts}")
    raise SystemExit(worst)
