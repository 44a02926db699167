"""The browse server: Datasette over the index, with our pages in front."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from datasette.app import Datasette
from datasette.plugins import pm

from archive.index.views import VIEWS
from archive.replay.hosts import App, OnlyLoopback
from archive.replay.store import Store
from archive.web import errors, plugin

SETTINGS = {
    "default_page_size": 50,
    "max_returned_rows": 1000,
    "sql_time_limit_ms": 1000,
    "facet_time_limit_ms": 200,
    "suggest_facets": False,
    "num_sql_threads": 3,
    "allow_download": False,
    "allow_csv_stream": True,
    "max_csv_mb": 100,
    "truncate_cells_html": 400,
    "default_cache_ttl": 0,
}


class _Browse(Datasette):  # type: ignore[misc]  # Datasette ships no types
    """A Datasette that knows its archive before it asks its plugins for routes, which its constructor does."""

    def __init__(self, seogo: plugin.Seogo, **options: Any) -> None:
        self.seogo = seogo
        super().__init__(**options)


def create_app(store: Store, *, replay: str = "") -> App:
    """The application. `replay` is the origin of the replay server, empty where none runs."""
    if not pm.has_plugin("seogo"):
        pm.register(plugin, "seogo")
        pm.register(errors, "seogo-errors")
        pm.unregister(name="datasette.handle_exception")
    here = files("archive.web")
    described = {"title": "Seogo", "description": "서고의 색인 · the index", "tables": _hidden(store)}
    datasette = _Browse(
        plugin.Seogo(store, replay),
        files=[str(store.directory / "index.db")],
        metadata={"title": "Seogo", "databases": {"index": described}},
        template_dir=str(here / "templates"),
        static_mounts=[("assets", str(here / "static"))],
        settings=SETTINGS,
    )
    return OnlyLoopback(datasette.app())


def _hidden(store: Store) -> dict[str, dict[str, bool]]:
    """The tables that are not public, kept out of Datasette's list; they can still be read."""
    return {name: {"hidden": True} for name in store.db.table_names() if name not in VIEWS and name != "story_groups"}
