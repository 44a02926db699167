"""Keeps, finds and replays captures. Knows no site, no page parser and no crawler.

`archive.open(DIR)` reads an archive: captures, articles, rankings, search, records.
"""
