"""The door for people: pages that work without JavaScript, from the phone's width up, in three languages."""

from catalog.web.site import register

__all__ = ["register"]
