"""`gongkai doctor` and the readiness of a server on the real parts: PostgreSQL, Elasticsearch, S3 and Redis, and what they say when one is killed."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.integration.test_serve import COMMAND, answers, serving

pytestmark = pytest.mark.network


@pytest.fixture
def cluster(environment, postgres, elasticsearch_server, s3_server, own_redis) -> dict[str, str]:
    return environment | {
        "GONGKAI_DATABASE_URL": postgres.url(postgres.database()),
        "GONGKAI_SEARCH_URL": elasticsearch_server.url,
        "GONGKAI_SEARCH_PREFIX": "health",
        "GONGKAI_FILES_URL": s3_server.files_url(s3_server.bucket()),
        "GONGKAI_FILES_KEY": s3_server.key,
        "GONGKAI_FILES_SECRET": s3_server.secret,
        "GONGKAI_QUEUE_URL": own_redis.url,
    }


def test_doctor_and_readiness_on_real_servers(cluster, own_redis, tmp_path):
    made = subprocess.run([*COMMAND, "index", "rebuild"], env=cluster, capture_output=True, text=True, timeout=120)
    assert made.returncode == 0, made.stderr
    done = subprocess.run([*COMMAND, "doctor", "--json"], env=cluster, capture_output=True, text=True, timeout=120)
    found = {one["name"]: one for one in json.loads(done.stdout)["checks"]}
    assert done.returncode == 0, found
    assert {name: one["told"] for name, one in found.items() if one["state"] != "ok"} == {}
    assert found["database"]["told"].startswith("PostgreSQL ")
    assert "lasticsearch" in found["search"]["told"]
    assert {"clock", "index", "files", "queue"} <= set(found)
    with serving(cluster, tmp_path / "log", "--workers", "2") as running:
        told = running.get("/healthz/ready").json()
        assert told["status"] == "ok", told
        own_redis.kill()
        told = running.until(lambda: (told := running.get("/healthz/ready").json())["status"] != "ok" and told)
        assert told["status"] == "degraded"
        assert told["parts"]["queue"]["reason"] in {"no answer", "too slow"}
        assert running.get("/healthz/ready").status_code == 200
        own_redis.restart()
        running.until(
            lambda: answers(running, "/healthz/ready") and running.get("/healthz/ready").json()["status"] == "ok"
        )
