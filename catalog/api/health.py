"""Doors for operators: whether the process lives, whether the catalogue can be used, and what a monitor reads.

Nothing here tells a host, a path, a password or an error's own words: `actions.health` answers in short words and logs the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import orjson
from flask import Blueprint, Flask, Response
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from catalog.actions.health import HealthCheck, Probe
from catalog.api.answers import EXTENSION, JSON_TYPE
from catalog.api.metrics import PartMetrics, RequestMetrics, exposition
from catalog.api.problems import RETRY_SECONDS


def register(app: Flask, probes: Mapping[str, Probe]) -> HealthCheck:
    """Add `/healthz/live`, `/healthz/ready` and `/metrics` to an application that holds a catalogue, and count its requests.

    `probes` ask the parts by name (`actions.health.probes`, and those of the layers above it). Nothing is asked before the first request.
    """
    check = HealthCheck(app.extensions[EXTENSION], probes)
    requests, parts = RequestMetrics(), PartMetrics(check)
    requests.register(app)
    doors = Blueprint("health", __name__)

    def live() -> Response:
        return _unkept(Response("ok\n", content_type="text/plain; charset=utf-8"))

    def ready() -> Response:
        health = check.look()
        response = _unkept(Response(orjson.dumps(health.as_dict()), content_type=JSON_TYPE))
        if health.status == "unavailable":
            response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
            response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response

    def metrics() -> Response:
        return _unkept(Response(exposition(requests, parts), content_type=CONTENT_TYPE_PLAIN_0_0_4))

    for rule, view in (("/healthz/live", live), ("/healthz/ready", ready), ("/metrics", metrics)):
        doors.add_url_rule(rule, view.__name__, view)
    app.register_blueprint(doors)
    return check


def _unkept(response: Response) -> Response:
    response.cache_control.no_store = True
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
