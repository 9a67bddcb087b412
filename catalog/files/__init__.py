"""Content-addressed files: bytes are kept once, under their SHA-256."""
