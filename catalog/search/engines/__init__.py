"""Engines: each stores tokens and matches plans. They share one contract suite, so that one can take the place of the other."""
