"""Gongkai (公开): an open catalogue for what governments publish.

The packages below this one each hold one noun of the house; `docs/architecture.md` draws how they depend on each other.
"""

from importlib.metadata import version

__version__ = version("gongkai")
