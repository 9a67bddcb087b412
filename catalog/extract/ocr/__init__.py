"""Recognised text: read from files beside a scan (ALTO, hOCR, plain text), or by an engine; words with boxes and confidence kept."""
