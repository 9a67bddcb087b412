"""Gazette issues: from one long text, from pages, from XML and from tables to their articles. Pure: text and bytes in, pieces and rows out.

`flat` splits a text, `xml` reads an issue that is marked up, `tables` one that an archivist described; `corrections` tells what a
correction corrects. What is known of each gazette stands in `extract/data/gazettes.yaml`.
"""
