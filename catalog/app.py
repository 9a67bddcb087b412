"""The one place where the parts are put together: a catalogue out of settings, a web application out of a catalogue."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from catalog.actions import Catalogue
from catalog.errors import Misconfigured
from catalog.files import open_files
from catalog.harvesters import Harvester
from catalog.plugins.registry import Plugins
from catalog.search.engines.base import FieldKind, ISearchEngine
from catalog.search.plugin import combined
from catalog.search.service import Search
from catalog.settings import Settings
from catalog.store.store import Store

if TYPE_CHECKING:
    from apiflask import APIFlask

PLACE = ZoneInfo("Asia/Shanghai")
"""The time of the documents: a rule in force from 1 July is in force from that day's first minute there."""


def create_catalogue(settings: Settings, *, upgrade: bool = True) -> Catalogue:
    """The catalogue that the settings describe, with its tables at this version's form.

    Nothing connects here when `upgrade` is false: a process may then start while the database is away. Raises `Misconfigured` that
    names the setting or plugin that cannot be used, `StoreUnavailable` when the tables cannot be looked at.
    """
    data = settings.data_dir
    data.mkdir(parents=True, exist_ok=True)
    plugins = Plugins.load(settings["PLUGINS"])
    store = Store.open(settings.database_url, request_seconds=settings["REQUEST_SECONDS"])
    if upgrade:
        store.upgrade()
    filters, index_fields = combined(plugins.facets.values())
    search = Search.open(
        root=data / "index",
        store_reader=store.read,
        filters=filters,
        index_fields=index_fields,
        secret=settings.secret_key(),
        choices={"type": tuple(plugins.record_types)},
        make_engine=partial(elasticsearch_engine, settings) if settings["SEARCH_URL"] else None,
    )
    return Catalogue(
        settings=settings,
        store=store,
        files=open_files(
            settings["FILES_URL"],
            folder=data / "files",
            key=settings["FILES_KEY"],
            secret=settings["FILES_SECRET"],
            request_seconds=settings["REQUEST_SECONDS"],
        ),
        search=search,
        plugins=plugins,
        harvest=Harvester(plugins, settings),
        now=lambda: datetime.now(PLACE),
    )


def elasticsearch_engine(settings: Settings, values: Mapping[str, FieldKind], documents: str) -> ISearchEngine:
    """The Elasticsearch that the settings name. Raises `Misconfigured` when its client is not installed."""
    try:
        from catalog.search.engines.elasticsearch import ElasticsearchEngine
    except ModuleNotFoundError as error:
        raise Misconfigured(
            "GONGKAI_SEARCH_URL needs the Elasticsearch client: pip install 'gongkai[elasticsearch]'"
        ) from error
    return ElasticsearchEngine(
        settings["SEARCH_URL"],
        prefix=settings["SEARCH_PREFIX"],
        values=values,
        documents=documents,
        shards=settings["SEARCH_SHARDS"],
        replicas=settings["SEARCH_REPLICAS"],
        api_key=settings["SEARCH_API_KEY"],
        ca_file=settings["SEARCH_CA_FILE"],
        request_seconds=settings["REQUEST_SECONDS"],
    )


def create_app(catalogue: Catalogue) -> APIFlask:
    """The web application over a catalogue: the API, downloads and pages. The command line does without it, and without its imports."""
    from apiflask import APIFlask

    from catalog import api, web
    from catalog.actions.health import probes
    from catalog.api import health
    from catalog.jobs.queue import Queue

    app = APIFlask("catalog", title="Gongkai", version="1.0", spec_path=None, docs_path=None, static_folder=None)
    app.config["SECRET_KEY"] = catalogue.settings.secret_key()
    app.extensions["gongkai"] = catalogue
    settings = catalogue.settings

    def queue(seconds: float) -> None:
        """Ask the queue for a sign of life. Nothing stays open, since pages need it for nothing else."""
        opened = Queue.open(settings["QUEUE_URL"], settings.data_dir)
        try:
            opened.ping(seconds)
        finally:
            opened.close()

    # first, so that it also times what the others do before a request
    health.register(app, probes(catalogue) | {"queue": queue})
    api.register(app)
    web.register(app)
    return app


def set_up_logs(settings: Settings) -> None:
    """Logs as lines on standard error, as text or JSON, from the least severity on that the settings name."""
    level = logging.getLevelNamesMapping().get(str(settings["LOG_LEVEL"]).upper(), logging.INFO)
    renderer = (
        structlog.processors.JSONRenderer()
        if settings["LOG_FORMAT"] == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
