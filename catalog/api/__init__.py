"""The door for programs: the JSON API and downloads."""

from catalog.api.blueprint import create_blueprint, register

__all__ = ["create_blueprint", "register"]
