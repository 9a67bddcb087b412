"""From bytes to text blocks and fields, each with the place where it was read."""

from __future__ import annotations

PARSER = 2
"""The version of the core's readers, a whole number that grows whenever one of them reads something differently; what changed in each
stands in `data/parsers.yaml`. It is kept with every place that is read, so that what an older reader read can be found and read again.
"""
