"""`python -m tests.servers [--quiet]`: fetch what is missing of the servers; exit code 1 if one is missing still, unless `--quiet`."""

from __future__ import annotations

import sys

from tests.servers.fetch import fetch

quiet = "--quiet" in sys.argv[1:]
sys.exit(0 if fetch(quiet=quiet) or quiet else 1)
