"""Bytes → lines of text: one module a kind of file, and what they share (limits, encodings, what kind of file some bytes are)."""
