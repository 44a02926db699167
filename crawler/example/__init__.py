"""The bundled example site: 온새미식품신문, a trade paper that was made up for demonstrations and tests.

from crawler.example import expected, serve

with serve() as site:
    ...                     # crawl site.origin
    site.edition = 2        # the ranked lists move, articles appear and change
    expected(site.edition, site.origin).articles["1101"].paragraphs

"""

from __future__ import annotations

from crawler.example.answers import Expected, ExpectedArticle, ExpectedList, ExpectedSection, expected
from crawler.example.server import ExampleSite, Hit, serve

__all__ = ["ExampleSite", "Expected", "ExpectedArticle", "ExpectedList", "ExpectedSection", "Hit", "expected", "serve"]
