"""`seogo serve`: browse and replay an archive on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from archive.commands.options import TITLE_OF, ZONE_OF, ArchiveCommand, archive_option, examples

_PORT = click.IntRange(0, 65535)


@click.command(
    cls=ArchiveCommand,
    epilog=examples("serve", "serve -a ./seogo-data --port 9001 --replay-port 9002", "serve --install-replay-assets"),
)
@archive_option
@click.option("--port", type=_PORT, default=8001, show_default=True, help="Port of the browse server; 0: any free one.")
@click.option("--replay-port", type=_PORT, default=8002, show_default=True, help="Port of the replay server.")
@click.option(
    "--install-replay-assets",
    "tarball",
    type=click.Path(dir_okay=False, path_type=str),
    is_flag=False,
    flag_value="",
    metavar="[TARBALL]",
    help="Put in what replays scripts (wabac.js, AGPL), from a tarball or by your own npm, and end.",
)
@click.pass_context
def serve(context: click.Context, directory: Path, port: int, replay_port: int, tarball: str | None) -> None:
    """Browse and replay an archive at addresses that only this machine can open. Ctrl-C ends it.

    Browse shows articles, rankings and search, with all tables and SQL to read; replay shows every capture as it was.
    """
    from archive.replay import assets

    if tarball is not None:
        click.echo(f"Put in: {assets.install(Path(tarball) if tarball else None)}")
        return

    from archive.api import Archive

    Archive(directory).close()  # names what is wrong with the archive before the slow imports

    from archive.replay import app as replay
    from archive.replay.scripted import Scripted
    from archive.replay.store import Store
    from archive.web import app as web
    from archive.web import serving

    if port and port == replay_port:
        raise click.BadParameter("the two servers need two ports", param_hint="--replay-port")
    store = Store(directory, context.meta.get(ZONE_OF), context.meta.get(TITLE_OF))
    browse_sockets = serving.listen(port)
    replay_sockets = serving.listen(replay_port)
    browse_origin = f"http://127.0.0.1:{browse_sockets[0].getsockname()[1]}"
    # Another name than browse's, so that nothing an archived page could keep is shared with it.
    replay_origin = f"http://localhost:{replay_sockets[0].getsockname()[1]}"
    browsing = web.create_app(store, replay=replay_origin)
    worker = assets.worker()
    replaying = replay.create_app(store, browse=browse_origin, scripted=Scripted(worker) if worker else None)

    def started() -> None:
        click.echo(f"Browse  {browse_origin}/\nReplay  {replay_origin}/\nCtrl-C ends both.")

    serving.run([(browsing, browse_sockets), (replaying, replay_sockets)], started)
