"""When a source is to be harvested: five cron fields (minute, hour, day of month, month, day of week), as crontab(5) has them.

The fields are read in the time of the moment that is given: the catalogue's clock tells Asia/Shanghai.
"""

from __future__ import annotations

from datetime import datetime

from cronsim import CronSim, CronSimError

FIELDS = 5
LONGEST = 100
"""Most characters of an expression; real ones have twenty."""
CURE = 'write five fields: minute, hour, day of month, month, day of week, as "30 3 * * *" (each day at 3:30) or "0 6 * * MON"'


def check(expression: str, moment: datetime) -> str:
    """The expression with single blanks. Raises `ValueError` that says what is wrong, and how to write one.

    One that never comes true after `moment` (30 February) is wrong too.
    """
    words = expression.split()
    if len(words) != FIELDS or len(expression) > LONGEST:
        raise ValueError(f"{expression[:LONGEST]!r} has {len(words)} fields; {CURE}")
    checked = " ".join(words)
    try:
        following = next_time(checked, moment)
    except CronSimError as error:
        raise ValueError(f"{expression!r} is not a cron expression ({str(error).lower()}); {CURE}") from error
    if following is None:
        raise ValueError(f"{expression!r} never comes true; {CURE}")
    return checked


def next_time(expression: str, moment: datetime) -> datetime | None:
    """The first time after `moment` that the expression names, in the zone of `moment`; `None` when there is none in 50 years."""
    found: datetime | None = next(CronSim(expression, moment), None)
    return found
