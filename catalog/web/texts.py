"""Texts, dates and numbers in the language of the page: Flask-Babel's functions, typed."""

from __future__ import annotations

from datetime import date, datetime

import flask_babel


def gettext(message: str, **values: object) -> str:
    """The message in the language of the page, its `%(name)s` filled in."""
    text: str = flask_babel.gettext(message, **values)
    return text


def written_date(value: date, pattern: str = "long") -> str:
    """A date by one of Babel's patterns, without a change of time zone."""
    text: str = flask_babel.format_date(value, pattern, rebase=False)
    return text


def written_time(value: datetime, pattern: str) -> str:
    """A time by one of Babel's patterns, in the zone that it has."""
    text: str = flask_babel.format_datetime(value, pattern, rebase=False)
    return text


def written_number(value: float) -> str:
    """A number with the separators of the language."""
    text: str = flask_babel.format_decimal(value)
    return text
