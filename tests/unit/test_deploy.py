"""What stands in deploy/ fits the program: settings exist, images are pinned, commands are there, links lead somewhere."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import click
import pytest
import yaml

from catalog.cli import main, serve
from catalog.settings import PREFIX, SETTINGS, read_settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
TEXTS = sorted(
    path for path in [ROOT / "Dockerfile", *DEPLOY.rglob("*")] if path.is_file() and "secrets" not in path.parts
)
PAGES = [path for path in TEXTS if path.suffix == ".md"]
OURS = {"web", "worker"}
COMPOSE_ONLY = {"PUBLISH", "NGINX_PUBLISH"}
"""Names that compose.yml itself reads, for the ports that it publishes."""
PROGRAMS = {
    "aws", "chown", "createdb", "curl", "df", "docker-compose", "du", "install", "journalctl", "pg_dump", "pg_restore", "python3", "rm",
    "rsync", "sh", "sqlite3", "systemctl", "useradd", "/opt/gongkai/bin/pip",
}  # fmt: skip
"""Other programs that the runbooks may use."""


def name_of(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_every_setting_exists(path):
    known = {row.name for row in SETTINGS} | COMPOSE_ONLY
    found = set(re.findall(rf"{PREFIX}([A-Z][A-Z_]*[A-Z])", path.read_text(encoding="utf-8")))
    assert {name for name in found - known if name.removesuffix("_FILE") not in known} == set()


def test_values_can_be_read(monkeypatch):
    """The values that the examples give are of their settings' types."""
    lines = (DEPLOY / "systemd/gongkai.env").read_text(encoding="utf-8").replace("\n#GONGKAI", "\nGONGKAI").splitlines()
    given = dict(line.split("=", 1) for line in lines if line.startswith(PREFIX))
    given |= dict(re.findall(rf"({PREFIX}[A-Z_]+)=(\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8")))
    assert len(given) > 10
    for name, value in given.items():
        monkeypatch.setenv(name, value.strip('"'))
    settings = read_settings()
    assert settings["JOBS"] == 2


def test_images_are_pinned():
    for name, service in SERVICES.items():
        assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+(\.\d+)?(-[\w.]+)?", service["image"]), f"{name}: {service['image']}"
    assert "ARG BASE=python:3.11-slim-bookworm" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_every_part_is_there_and_guarded():
    assert set(SERVICES) == {"web", "worker", "postgres", "elasticsearch", "valkey", "s3", "nginx"}
    for name, service in SERVICES.items():
        assert service["restart"] == "unless-stopped", name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert service["mem_limit"], name
        assert service["pids_limit"], name
        assert service.get("read_only") or name == "elasticsearch", name
        assert service.get("healthcheck") or name == "web", f"{name} has neither a health check nor the image's"
    for name in OURS:
        depends = SERVICES[name]["depends_on"]
        assert {part: how["condition"] for part, how in depends.items()} == dict.fromkeys(
            ("postgres", "elasticsearch", "valkey", "s3"), "service_healthy"
        )


def test_passwords_come_as_files_and_each_is_made(tmp_path):
    for name, service in SERVICES.items():
        for key, value in (service.get("environment") or {}).items():
            assert not re.search(r"PASSWORD|SECRET|_KEY|_URL", key) or str(value).startswith(
                ("/run/secrets/", "s3://")
            ), f"{name}: {key}"
    subprocess.run(["sh", DEPLOY / "make-secrets.sh", tmp_path / "secrets"], check=True, capture_output=True)
    made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert {Path(row["file"]).name for row in COMPOSE["secrets"].values()} == set(made)
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert made["database_password"].strip() in made["database_url"]
    subprocess.run(["sh", DEPLOY / "make-secrets.sh", tmp_path / "secrets"], check=True, capture_output=True)
    assert made == {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}, (
        "made anew the second time"
    )


def test_the_settings_of_compose_open_the_cluster(tmp_path, monkeypatch):
    """With the secrets as they are made, the program reads four addresses."""
    subprocess.run(["sh", DEPLOY / "make-secrets.sh", tmp_path], check=True, capture_output=True)
    for key, value in SERVICES["web"]["environment"].items():
        if key.startswith(PREFIX) and "$" not in str(value):
            monkeypatch.setenv(key, str(value).replace("/run/secrets", str(tmp_path)))
    settings = read_settings()
    assert re.fullmatch(r"postgresql://gongkai:[0-9a-f]{48}@postgres:5432/gongkai", settings["DATABASE_URL"])
    assert re.fullmatch(r"http://elastic:[0-9a-f]{48}@elasticsearch:9200", settings["SEARCH_URL"])
    assert re.fullmatch(r"redis://:[0-9a-f]{48}@valkey:6379/0", settings["QUEUE_URL"])
    assert settings["FILES_URL"].startswith("s3://gongkai?endpoint=http://s3:7070")
    assert settings["FILES_KEY"]
    assert settings["FILES_SECRET"]
    assert len(settings["SECRET_KEY"]) == 64


@pytest.mark.skipif(
    shutil.which("docker-compose") is None, reason="docker-compose is not installed (apt-get install docker-compose)"
)
def test_compose_is_valid():
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    done = subprocess.run(
        ["docker-compose", "-f", DEPLOY / "compose.yml", "--profile", "nginx", "config"],
        capture_output=True,
        text=True,
        env=kept,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    assert set(yaml.safe_load(done.stdout)["services"]) == set(SERVICES)


def test_the_image_is_not_root_has_our_health_check_and_takes_only_what_it_copies():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    final = text.rsplit("FROM ", 1)[1]
    assert re.search(r"^USER 10001:10001$", final, re.MULTILINE)
    assert 'CMD ["gongkai", "health"]' in final
    assert "health" in main.commands
    copied = {word for line in re.findall(r"^COPY (?!--)(.*) \S+$", text, re.MULTILINE) for word in line.split()}
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == let_in
    assert all((ROOT / name).exists() for name in copied)


def command_of(words: str) -> click.Command:
    command: click.Command = main
    for word in words.split():
        if not isinstance(command, click.Group):
            break
        assert word in command.commands, f"`gongkai {words}` is no command"
        command = command.commands[word]
    return command


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_of_the_pages_exist(page):
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    for line in "".join(blocks).splitlines():
        program, _, rest = line.partition(" ")
        if program == "gongkai":
            command_of(re.match(r"[a-z ]*", rest)[0])
        else:
            assert program in PROGRAMS, f"{page.name}: {line}"
    for words in re.findall(r"`gongkai ([a-z][a-z ]*)", text):
        command_of(words)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_and_files_of_the_pages_are_there(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", text):
        assert (page.parent / target).exists(), target
    for target in re.findall(r"\bdeploy/[\w./-]*\w", text):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("name", ["reindex", "restore", "engine-lost", "disk-full"])
def test_runbooks_say_signs_commands_and_the_end(name):
    text = (DEPLOY / f"runbooks/{name}.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert [heading for heading in headings if heading.startswith("Signs")]
    assert headings[-1] == "How to see that it is over"
    assert "What to do" in headings


def test_the_readme_names_every_metric_and_the_values_of_the_server():
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    sources = (ROOT / "catalog/api/metrics.py").read_text(encoding="utf-8")
    named = {name.removesuffix("_total") for name in re.findall(r"gongkai_[a-z_]+[a-z]", text)}
    made = set(re.findall(r'"(gongkai_[a-z_]+)"', sources)) - {"gongkai_begun"}
    assert made - named <= {"gongkai_part_probe_seconds", "gongkai_start_time_seconds"}
    assert named - made <= {"gongkai_part_up"} | made
    options = serve.server_options(read_settings(DATA_DIR="var"))
    assert f"{options['max_requests']:,} requests" in text
    assert f"{options['limit_request_line']} bytes" in text
    assert f"{options['keepalive']} s |" in text


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("unit", ["gongkai-web.service", "gongkai-worker.service"])
def test_units_can_be_read(unit):
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", DEPLOY / "systemd" / unit], capture_output=True, text=True, timeout=60
    )
    wrong = [line for line in done.stderr.splitlines() if unit in line and "is not executable" not in line]
    assert not wrong


@pytest.mark.parametrize(("unit", "command"), [("gongkai-web.service", "serve"), ("gongkai-worker.service", "worker")])
def test_units_are_hardened_and_wait_long_enough(unit, command):
    text = (DEPLOY / "systemd" / unit).read_text(encoding="utf-8")
    assert f"ExecStart=/opt/gongkai/bin/gongkai {command}\n" in text
    assert command in main.commands
    for line in (
        "ProtectSystem=strict",
        "NoNewPrivileges=yes",
        "StateDirectory=gongkai",
        "CapabilityBoundingSet=",
        "PrivateTmp=yes",
    ):
        assert f"\n{line}\n" in text
    stop = int(re.search(r"TimeoutStopSec=(\d+)", text)[1])
    assert stop > serve.server_options(read_settings(DATA_DIR="var"))["graceful_timeout"]


def test_elasticsearch_lets_no_index_of_ours_come_into_being_by_itself():
    settings = yaml.safe_load((DEPLOY / "elasticsearch/elasticsearch.yml").read_text(encoding="utf-8"))
    prefix = next(row.default for row in SETTINGS if row.name == "SEARCH_PREFIX")
    assert settings["action.auto_create_index"].startswith(f"-{prefix}*")
    heap = (DEPLOY / "elasticsearch/heap.options").read_text()
    assert re.findall(r"^-Xm[sx](\S+)$", heap, re.MULTILINE) == ["1g", "1g"]
