"""Catalogues of which a part is away, for the tests of the doors."""

from __future__ import annotations

import shutil
from pathlib import Path

from flask.testing import FlaskClient

from catalog.actions import Catalogue
from catalog.app import create_app, create_catalogue
from catalog.settings import read_settings
from tests.integration.conftest import ReadingClient
from tests.integration.door_catalogue import build
from tests.servers.base import free_port

PLUGINS = ["-extractors", "-harvesters"]


def client_of(catalogue: Catalogue) -> FlaskClient:
    """A client of the application over a catalogue, which answers errors as it would in service."""
    app = create_app(catalogue)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.test_client_class = ReadingClient
    return app.test_client()


def without_index(root: Path) -> Catalogue:
    """The made-up catalogue, of which somebody has taken the folder of the index away."""
    catalogue = build(root)
    catalogue.search.close()
    catalogue.store.close()
    shutil.rmtree(root / "index")
    return create_catalogue(read_settings(DATA_DIR=str(root), PLUGINS=PLUGINS))


def without_database(root: Path) -> Catalogue:
    """A catalogue whose database is on a server that does not run."""
    url = f"postgresql://nobody:secret@127.0.0.1:{free_port()}/gongkai"
    return create_catalogue(read_settings(DATA_DIR=str(root), DATABASE_URL=url, PLUGINS=PLUGINS), upgrade=False)
