"""Streaming writers of records."""
