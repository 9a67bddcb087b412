"""Build the Dockerfile and run what comes out, without a container engine: buildah builds on a base that debootstrap makes, and the image is
run as its own user with a read-only root. Needs root, `buildah` and `debootstrap` (Debian), and the network for packages.

    python scripts/image_check.py [--base IMAGE] [--mirror URL] [--keep]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
IMAGE = "localhost/gongkai:check"
BASE = "localhost/gongkai-base:check"
INCLUDE = "python3,python3-venv,ca-certificates,tzdata"
USER = "10001:10001"
PIP_KEYS = frozenset({"index-url", "extra-index-url", "trusted-host", "proxy", "timeout", "retries"})
"""What of this machine's pip configuration is lent to the build."""
UNWANTED = ("gcc", "cc", "g++", "c++", "clang", "ld", "as", "make", "pip", "pip3")
COMMANDS = (
    ("doctor", "gongkai doctor"),
    ("demo", "gongkai demo --no-serve"),
    ("doctor after the demo, as JSON", "gongkai doctor --json"),
    ("serve and the image's own health check", None),
)
SERVED = """
gongkai serve --host 127.0.0.1 --port {port} & server=$!
for second in $(seq 30); do sleep 1; GONGKAI_HOST=127.0.0.1 GONGKAI_PORT={port} {health} && well=1 && break; done
kill -TERM $server; wait $server; ended=$?
test "$well" = 1 && test $ended = 0
"""


def main() -> int:
    """Build, look, run; 0 when all is as it must be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", help="base image to build on, from a registry; without it one is made by debootstrap")
    parser.add_argument("--mirror", help="Debian mirror for debootstrap, instead of its own")
    parser.add_argument("--keep", action="store_true", help="keep the working folder (and name it)")
    options = parser.parse_args()
    missing = [name for name in ("buildah", *(() if options.base else ("debootstrap",))) if not shutil.which(name)]
    if missing or os.getuid() != 0:
        print(f"this check needs root and {', '.join(missing) or 'nothing else'} (apt-get install buildah debootstrap)")
        return 1
    folder = Path(tempfile.mkdtemp(prefix="gongkai-image-", dir="/var/tmp"))
    try:
        return _check(folder, options.base, options.mirror)
    finally:
        if options.keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _check(folder: Path, base: str | None, mirror: str | None) -> int:
    buildah = _Buildah(folder)
    if base is None:
        with _timed("base by debootstrap"):
            place = [str(folder / "base"), *([mirror] if mirror else [])]
            _run(["debootstrap", "--variant=minbase", f"--include={INCLUDE}", "bookworm", *place])
            shutil.rmtree(folder / "base/var/cache/apt", ignore_errors=True)
        with _timed("base as an image"):
            made = buildah("from", "scratch")
            buildah("add", made, str(folder / "base"), "/")
            buildah("commit", "--rm", made, BASE)
            shutil.rmtree(folder / "base")
    with _timed("image"):
        revision = _run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], fails=True) or "unknown"
        arguments = [f"BASE={base or BASE}", f"REVISION={revision}"]
        buildah(
            "bud", "--isolation", "chroot", "--format", "docker", "--pull-never" if base is None else "--pull",
            *(f"--build-arg={argument}" for argument in arguments), *_pip_secrets(folder), "--tag", IMAGE, str(ROOT),
            shown=True,
        )  # fmt: skip
    container = buildah("from", "--pull-never", IMAGE)
    root = Path(buildah("mount", container))
    config = json.loads(buildah("inspect", "--type", "image", IMAGE))["Docker"]["config"]
    faults = [*_looked_at(root, config), *_ran(folder, root, config)]
    print("\n".join(f"!! {fault}" for fault in faults) or "the image is as it must be")
    return 1 if faults else 0


def _looked_at(root: Path, config: dict[str, object]) -> list[str]:
    """What is wrong with the image as it lies there."""
    size, program = _bytes(root), _bytes(root / "opt/gongkai")
    print(f"size: {size / 1e6:,.0f} MB unpacked, of them {program / 1e6:,.0f} MB the program with its libraries")
    folders = ["bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin", "opt/gongkai/bin"]
    faults = [
        f"{folder}/{name} is in it" for folder in folders for name in UNWANTED if os.path.lexists(root / folder / name)
    ]
    faults += [
        f"{path} is left of the build"
        for path in ("root/.cache", "data/.cache", "src", "wheels", "tools")
        if (root / path).exists()
    ]
    if not re.fullmatch(r"[1-9]\d*(:\d+)?", str(config.get("User", ""))):
        faults.append(f"it runs as {config.get('User') or 'root'}, not as a user with a number of its own")
    if not config.get("Healthcheck"):
        faults.append("it has no health check")
    secrets = [name for name in ("PIP_", "INDEX", "CERT") if any(name in str(row) for row in config.get("Env") or ())]  # type: ignore[attr-defined]
    return faults + [f"{name} of this machine is in its environment" for name in secrets]


def _ran(folder: Path, root: Path, config: dict[str, object]) -> list[str]:
    """What fails when it is run as its own user, with a read-only root and nothing but /data and /tmp to write to."""
    health = config["Healthcheck"]["Test"]  # type: ignore[index]
    served = SERVED.format(port=18417, health=" ".join(health[1:]))
    environment = [str(row) for row in config["Env"]]  # type: ignore[attr-defined]
    data = folder / "data"
    data.mkdir()
    os.chown(data, *map(int, USER.split(":")))
    faults = []
    for name, command in COMMANDS:
        with _timed(name):
            done = _inside(root, data, environment, command or served)
        print("    " + "\n    ".join(done.stdout.strip().splitlines()[-12:]))
        if done.returncode:
            faults.append(f"{name} ended with {done.returncode}: {done.stderr[-2000:]}")
    return faults


def _inside(root: Path, data: Path, environment: Sequence[str], command: str) -> subprocess.CompletedProcess[str]:
    """Run a shell command in the image, in mount and process spaces of its own."""
    script = """
set -e
mount --bind "$1" "$1"
mount --bind "$2" "$1/data"
mount -t tmpfs -o mode=1777,size=256m tmpfs "$1/tmp"
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount -o remount,ro,bind "$1"
if touch "$1/written" 2>/dev/null; then echo "the root can be written" >&2; exit 9; fi
root=$1 user=$3 command=$4
shift 4
exec chroot --userspec="$user" "$root" /usr/bin/env -i "$@" /bin/sh -c "cd /data && $command"
"""
    arguments = ["sh", str(root), str(data), USER, command, *environment]
    return subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "sh", "-c", script, *arguments],
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip


class _Buildah:
    """buildah with storage of its own, so that nothing of the machine's is touched."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, *arguments: str, shown: bool = False) -> str:
        place = ["--root", str(self._folder / "storage"), "--runroot", str(self._folder / "run")]
        return _run(["buildah", *place, "--storage-driver", "vfs", *arguments], shown=shown)


def _pip_secrets(folder: Path) -> list[str]:
    """How pip of this machine reaches its registry (certificate, address, proxy), as build secrets: they are mounted, never kept."""
    found: dict[str, str] = {}
    for line in _run([sys.executable, "-m", "pip", "config", "list"], fails=True).splitlines():
        name, _, value = line.partition("=")
        found[name.rpartition(".")[2]] = value.strip("'\"")
    lines = ["[global]", *(f"{name} = {value}" for name, value in found.items() if name in PIP_KEYS)]
    certificate = folder / "ca.pem"
    certificate.write_bytes(Path(found["cert"]).read_bytes() if "cert" in found else b"")
    if "cert" in found:
        lines.append("cert = /run/secrets/ca.pem")
    (folder / "pip.conf").write_text("\n".join(lines) + "\n")
    return [f"--secret=id=pip.conf,src={folder / 'pip.conf'}", f"--secret=id=ca.pem,src={certificate}"]


@contextmanager
def _timed(name: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    print(f"{name}: {time.monotonic() - started:.0f} s", flush=True)


def _run(command: Sequence[str], *, fails: bool = False, shown: bool = False) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and not fails:
        sys.exit(f"{' '.join(command[:6])} …: {done.stdout[-4000:] if shown else ''}{done.stderr[-6000:]}")
    return done.stdout.strip()


def _bytes(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


if __name__ == "__main__":
    sys.exit(main())
