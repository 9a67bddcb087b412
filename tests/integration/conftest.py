"""A served catalogue for the tests of the doors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from catalog.actions import Catalogue
from catalog.app import create_app
from tests.integration.door_catalogue import build


@pytest.fixture(scope="session")
def door_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    """The made-up catalogue; tests of the doors only read it."""
    catalogue = build(tmp_path_factory.mktemp("doors"))
    yield catalogue
    catalogue.store.close()


class ReadingClient(FlaskClient):
    """A client that reads every answer to its end and closes it, as a server does."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        return super().open(*args, buffered=True, **options)


@pytest.fixture
def client(door_catalogue: Catalogue) -> FlaskClient:
    """A client of the whole application, which answers errors as it would in service."""
    app = create_app(door_catalogue)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.test_client_class = ReadingClient
    return app.test_client()
