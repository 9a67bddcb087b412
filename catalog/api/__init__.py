"""The door for programs: the JSON API and downloads."""
