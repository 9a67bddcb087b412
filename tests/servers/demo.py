"""`make demo BACKEND=full`: the demo on real servers, with `gongkai serve` and `gongkai worker` as processes of their own.

It takes the settings that are told at its start, and no others. The worker does the harvests, the demo looks that all is as it must be,
and the web server is asked over HTTP for what the worker brought.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from catalog.demo.build import build_city
from catalog.demo.searches import searches
from tests.servers import KINDS, Failed, Missing
from tests.servers.catalogue import command, environment, process, serving


def main() -> int:
    """Run the demo; 0 when all is as it must be, also when Ctrl-C then ends the serving."""
    parser = argparse.ArgumentParser(prog="make demo BACKEND=full", description=__doc__)
    parser.add_argument("--no-serve", action="store_true", help="end after the report, instead of serving until Ctrl-C")
    ends = parser.parse_args().no_serve
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers are stopped then too
    code = 1
    with ExitStack() as stack, suppress(KeyboardInterrupt):
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gongkai-demo-")))
        env = _start(stack, folder)
        base = stack.enter_context(serving(env))
        stack.enter_context(process(env, "worker"))
        print(f"Pages and API: {base}/ (gongkai serve); harvests: a process of its own (gongkai worker).\n", flush=True)
        faults = _demo(env, base)
        for fault in faults:
            print(f"  !! {fault}")
        code = 1 if faults else 0
        if not faults and not ends:
            print(f"\nServed at {base}/ until Ctrl-C; all of it is gone then.", flush=True)
            while True:
                time.sleep(60)
    return code


def _start(stack: ExitStack, folder: Path) -> dict[str, str]:
    """Start the servers; the environment that names them."""
    print("Servers, each on a free port of 127.0.0.1 with its data in a temporary folder:", flush=True)
    servers = []
    for kind in KINDS:
        server = stack.enter_context(kind.start())
        servers.append(server)
        print(f"  {kind.title:16} port {server.port}  {kind.version()}", flush=True)
    return environment(folder / "var", *servers)


def _demo(env: Mapping[str, str], base: str) -> list[str]:
    """Run the demo's own checks in a third process, then ask the web server; what is wrong."""
    code = subprocess.run(command("demo", "--queue", "--no-serve"), env=env, check=False).returncode
    if code != 0:
        return [f"the demo ended with exit code {code}"]
    try:
        return _ask(base)
    except urllib.error.HTTPError as error:
        return [f"{error.url} answers {error.code}: {error.read(2000).decode(errors='replace')}"]


def _ask(base: str) -> list[str]:
    """Ask the web server how it is, and for what the worker brought; what is wrong."""
    health = _get(f"{base}/healthz/ready")
    print(f"\n{base}/healthz/ready: {health['status']}; " + ", ".join(health["parts"]))
    faults = [] if health["status"] == "ok" else [f"the web server is not ready: {health}"]
    search = searches(build_city())[0]
    found = _get(f"{base}/api/v1/records?{urlencode(search.parameters, doseq=True)}")
    faults += search.faults(found)
    if found["items"]:
        first = found["items"][0]
        print(f"{base}/api/v1/records?q={search.parameters['q'][0]}: {found['total']} found, first {first['title']}")
        faults += _download(base, first["id"])
    return faults


def _download(base: str, record_id: str) -> list[str]:
    """Fetch a record's first file; what is wrong."""
    file = _get(f"{base}/api/v1/records/{record_id}")["files"][0]
    with urllib.request.urlopen(urljoin(base, file["url"]), timeout=30) as answer:
        content = answer.read()
    print(f"{base}{urlsplit(file['url']).path}: {len(content):,} bytes")
    if hashlib.sha256(content).hexdigest() != file["sha256"]:
        return [f"{file['name']} came with other bytes than were stored"]
    return []


def _get(address: str) -> dict[str, Any]:
    with urllib.request.urlopen(address, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Missing, Failed) as error:
        sys.exit(f"make demo BACKEND=full: {error}")
