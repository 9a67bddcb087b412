"""The door for people: pages that work without JavaScript."""
