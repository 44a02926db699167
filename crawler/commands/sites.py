"""`seogo sites`: list the bundled definitions, check definitions, draft a new one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.commands.options import archive_option, examples, json_option
from crawler.commands.options import log_to_stderr

if TYPE_CHECKING:
    from archive.model import Page
    from crawler.parsing import ParseTask
    from crawler.sites.draft import Draft
    from crawler.sites.model import Site
    from crawler.sites.yields import Yield


@click.group()
def sites() -> None:
    """Site definitions: what is known of a site that its pages do not say."""


@sites.command("list", epilog=examples("sites list", "sites list --json"))
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


@sites.command(epilog=examples("sites check", "sites check ./mysite.toml", "sites check yakup -a ./seogo-data --json"))
@click.argument("definitions", nargs=-1, metavar="[SITE...]")
@archive_option
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Captures to look at.")
@json_option
def check(definitions: tuple[str, ...], directory: Path, limit: int, as_json: bool) -> None:
    """Check definitions, by name or file; without one, all that are bundled.

    Each is loaded, run on its golden pages (golden/NAME/CASE beside it) and on the site's latest captures in the
    archive. Exits with 1 where a golden page differs, a capture cannot be parsed or a selector finds nothing.
    """
    from crawler.errors import DefinitionError
    from crawler.sites.loader import load_all, names

    log_to_stderr()
    worst = 0
    loaded: list[tuple[str, Site]] = []
    for name in definitions or names():
        try:
            loaded.append((name, load_all([*(one for one, _ in loaded), name])[-1]))
        except DefinitionError as error:
            worst = error.exit_code
            click.echo(json.dumps({"site": name, "error": str(error)}, ensure_ascii=False) if as_json else str(error))
    for name, site in loaded:
        try:
            said = _checked(name, site, directory, limit)
        except DefinitionError as error:  # a golden page that cannot be read
            worst = error.exit_code
            said = {"site": site.name, "error": str(error)}
        if said.get("findings"):
            worst = worst or 1
        click.echo(json.dumps(said, ensure_ascii=False) if as_json else "\n".join(_check_lines(said)))
    raise SystemExit(worst)


def _checked(name: str, site: Site, directory: Path, limit: int) -> dict[str, Any]:
    from archive.errors import DocumentError
    from crawler.errors import ParseFailed
    from crawler.parsing import ParsePool, parse_here
    from crawler.sites import golden
    from crawler.sites.loader import locate

    cases: dict[str, list[str]] = {}
    with ParsePool(1, function=parse_here) as pool:
        for case in golden.cases(locate(name)):
            try:
                cases[case.name] = list(golden.differences(case, site, pool.parse_now))
            except (DocumentError, ParseFailed) as error:
                cases[case.name] = [str(error)]
    measured = _measured(site, directory, limit)
    findings = [f"golden {case}: {line}" for case, lines in cases.items() for line in lines]
    if measured is not None:
        findings += [f"not parsed: {line}" for line in measured.failed]
        findings += [f"{place} finds nothing on any of {measured.selectors[place][1]} pages" for place in measured.dead]
    return {
        "site": site.name,
        "error": None,
        "digest": site.digest,
        "rules": len(site.articles) + len(site.lists) + len(site.allow) + len(site.deny),
        "layouts": len(site.layouts),
        "golden": {case: not lines for case, lines in cases.items()},
        "captures": measured.to_dict() if measured is not None else None,
        "findings": findings,
    }


def _measured(site: Site, directory: Path, limit: int) -> Yield | None:
    import archive
    from crawler.parsing import ParsePool
    from crawler.sites.yields import look, measure

    if not (directory / "index.db").is_file():
        return None
    with archive.open(directory) as opened, ParsePool(1, function=look) as pool:
        return measure(site, opened, pool, limit)


def _check_lines(said: dict[str, Any]) -> list[str]:
    if said["error"]:
        return [f"{said['site']}: {said['error']}"]
    good = sum(said["golden"].values())
    golden = f"{good} of {len(said['golden'])} golden pages as expected" if said["golden"] else "no golden pages"
    lines = [
        f"{said['site']}: {'findings' if said['findings'] else 'fine'}; URL rules: {said['rules']},"
        f" layouts: {said['layouts']}, {golden}"
    ]
    seen = said["captures"]
    if seen is not None and seen["pages"]:
        lines += [
            f"  {seen['pages']} pages in the archive: {seen['articles']} articles ({seen['bodies']} with a body,"
            f" {seen['titles']} with a title, {seen['authors']} with authors, {seen['dates']} with a date),",
            f"  {seen['ranked_lists']} ranked lists with {seen['ranked_items']} items,"
            f" {seen['sections']} sections with {seen['section_items']} items",
        ]
    elif seen is not None:
        lines.append("  no pages of it in the archive")
    return lines + [f"  {line}" for line in said["findings"]]


@sites.command(
    epilog=examples(
        "sites new https://www.example.org/news/1 --fetch -o example.toml",
        "sites new page.html --url https://www.example.org/news/1",
        "sites new page.html --freeze     # with selectors for the parts",
    )
)
@click.argument("source", metavar="URL|FILE")
@click.option("--url", metavar="URL", help="The address of the page in FILE; else the one that the page names.")
@click.option("--name", metavar="NAME", help="What to call the site; else a word of its host.")
@click.option("--freeze", is_flag=True, help="Write selectors for the parts too, where ids and classes look stable.")
@click.option(
    "--fetch", is_flag=True, help="Take the URL from the network, keeping nothing, instead of from the archive."
)
@click.option("--allow-private", is_flag=True, help="With --fetch: let loopback and private addresses be fetched.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write to this new file.")
@archive_option
def new(
    source: str,
    url: str | None,
    name: str | None,
    freeze: bool,
    fetch: bool,
    allow_private: bool,
    output: Path | None,
    directory: Path,
) -> None:
    """Draft a definition from one page, an article best, and show what it extracts.

    The rules are guesses from the addresses that the page links to: read them before you crawl.
    """
    from crawler.commands import pages
    from crawler.errors import BadInput
    from crawler.parsing import ParsePool
    from crawler.sites import draft
    from crawler.sites.writing import to_toml

    log_to_stderr()
    if output is not None and output.exists():
        raise BadInput(f"-o {output} is there already; name a new file")
    task = _task(source, url, fetch, allow_private, directory)
    # Freezing reads the page once for each part.
    with ParsePool(1, function=draft.frozen if freeze else draft.drafted, timeout=180) as pool:
        found = pool.parse_now(task)
        if task.url == pages.NOWHERE:
            if not found.page.canonical_url:
                raise BadInput(f"{source}: the page does not say where it stands; give its address with --url")
            task = replace(task, url=found.page.canonical_url)
            found = pool.parse_now(task)
    site = replace(found.site, name=name or _free(found.site.name))
    text = to_toml(site, f"Drafted from {task.url}. The rules are guesses: check them.")
    page = _proved(text, task, found)
    if output is None:
        click.echo(text, nl=False)
    else:
        try:
            with output.open("x", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise BadInput(f"-o {output} cannot be written: {error.strerror}") from error
    for line in _shown(page, site):
        click.echo(line, err=output is None)


def _task(source: str, url: str | None, fetch: bool, allow_private: bool, directory: Path) -> ParseTask:
    from archive.urls import is_http
    from crawler.commands import pages
    from crawler.errors import BadUrl

    if url is not None and not is_http(url):
        raise BadUrl(f"--url {url!r} is no http or https URL")
    if "://" not in source:
        return pages.of_file(Path(source), url)
    if not fetch:
        return pages.of_archive(source, directory)
    with pages.fetched([source], allow_private) as folder:
        return pages.of_archive(source, folder)


def _free(name: str) -> str:
    """The name, or another where a bundled definition has it."""
    from crawler.sites.loader import names

    return f"my-{name}" if name in names() else name


def _proved(text: str, task: ParseTask, found: Draft) -> Page:
    """The page as the written definition takes it apart. Raises DefinitionError where it does not load."""
    import tempfile

    from crawler.errors import ParseCrashed
    from crawler.parsing import ParsePool, parse_here
    from crawler.sites.draft import same_parts
    from crawler.sites.loader import load

    with tempfile.TemporaryDirectory(prefix="seogo-") as folder, ParsePool(1, function=parse_here) as pool:
        file = Path(folder) / "draft.toml"
        file.write_text(text, encoding="utf-8")
        page = pool.parse_now(replace(task, site=load(str(file))))
    if not same_parts(page, found.page):
        raise ParseCrashed(f"{task.url}: the draft does not extract what was found without it; report this page")
    return page


def _shown(page: Page, site: Site) -> list[str]:
    """What the definition extracts, and what it says of the page's address."""
    from crawler.discovery.scope import article_key

    lines = [f"{page.url}: {page.kind}"]
    if page.body is not None:
        body = page.body
        lines += [
            f"  headline   {body.title or 'not found'}",
            f"  authors    {', '.join(body.authors) or 'not found'}",
            f"  published  {body.published or 'not found'}",
            f"  body       {len(body.paragraphs)} paragraphs",
        ]
        key = article_key(site, page.url)
        lines.append(f"  named by   {key}" if key else "  no rule names this article: write one under [[articles]]")
    for kind, blocks in (("ranked", page.ranked_lists), ("section", page.sections)):
        for block in blocks:
            first = f": {block.items[0].title}" if block.items else ""
            lines.append(f"  {kind:9}  {block.heading or 'no heading'}, {len(block.items)} items{first}")
    rules = [rule.path + (f" by {rule.key}" if rule.key else "") for rule in site.articles]
    lines += [f"  articles   {rule}" for rule in rules]
    return [line if len(line) <= 160 else f"{line[:157]}..." for line in lines]
