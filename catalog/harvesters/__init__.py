"""Sources: the runner, and one file a kind of source."""

from __future__ import annotations

from catalog.harvesters.harvester import Harvester

__all__ = ["Harvester"]
