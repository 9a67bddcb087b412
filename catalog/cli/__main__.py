"""`python -m catalog.cli` is the gongkai command; `serve` starts its follower so."""

from catalog.cli import main

main(prog_name="gongkai")
