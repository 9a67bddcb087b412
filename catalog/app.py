"""The one place where the parts are put together: a catalogue out of settings, a web application out of a catalogue."""

from __future__ import annotations

import logging
import sys
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from catalog.actions import Catalogue
from catalog.files import LocalFiles
from catalog.harvesters import Harvester
from catalog.plugins.registry import Plugins
from catalog.search.plugin import combined
from catalog.search.service import Search
from catalog.settings import Settings
from catalog.store.store import Store

if TYPE_CHECKING:
    from apiflask import APIFlask

PLACE = ZoneInfo("Asia/Shanghai")
"""The time of the documents: a rule in force from 1 July is in force from that day's first minute there."""


def create_catalogue(settings: Settings) -> Catalogue:
    """The catalogue that the settings describe, with its tables at this version's form.

    Raises `Misconfigured` that names the setting or plugin that cannot be used.
    """
    data = settings.data_dir
    data.mkdir(parents=True, exist_ok=True)
    plugins = Plugins.load(settings["PLUGINS"])
    store = Store.open(settings.database_url)
    store.upgrade()
    filters, index_fields = combined(plugins.facets.values())
    search = Search.open(
        root=data / "index",
        store_reader=store.read,
        filters=filters,
        index_fields=index_fields,
        secret=settings.secret_key(),
        choices={"type": tuple(plugins.record_types)},
    )
    return Catalogue(
        settings=settings,
        store=store,
        files=LocalFiles(data / "files"),
        search=search,
        plugins=plugins,
        harvest=Harvester(plugins, settings),
        now=lambda: datetime.now(PLACE),
    )


def create_app(catalogue: Catalogue) -> APIFlask:
    """The web application over a catalogue: the API, downloads and pages. The command line does without it, and without its imports."""
    from apiflask import APIFlask

    from catalog import api, web

    app = APIFlask("catalog", title="Gongkai", version="1.0", spec_path=None, docs_path=None, static_folder=None)
    app.config["SECRET_KEY"] = catalogue.settings.secret_key()
    app.extensions["gongkai"] = catalogue
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
