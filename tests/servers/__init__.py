"""Real servers for the tests: each is started on a free port of the loopback interface, with its data in a temporary folder.

Plain context managers without pytest, so that the demo uses them too: `with Redis.start() as server: ... server.url`.
`python -m tests.servers` (`make servers`) fetches the programs that this machine lacks.
"""

from __future__ import annotations

from tests.servers.base import Failed, Missing, Server
from tests.servers.elasticsearch import Elasticsearch
from tests.servers.postgresql import Postgresql
from tests.servers.redis import Redis
from tests.servers.s3 import S3

KINDS: tuple[type[Server], ...] = (Postgresql, Elasticsearch, Redis, S3)

__all__ = ["KINDS", "S3", "Elasticsearch", "Failed", "Missing", "Postgresql", "Redis", "Server"]
