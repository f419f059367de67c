"""An article, as the outside sees it."""

import json

from scraper.articles.trace import Trace
from scraper.cli import explanation
from scraper.cli.output import iso
from scraper.model import Article


def present(article: Article, form: str, trace: Trace | None = None) -> str:
    """The article as "markdown", "html", "text" or "json", without a final newline.

    JSON takes in the explanation, if there is one.
    """
    match form:
        case "html":
            return article.html
        case "text":
            return article.text
        case "json":
            explained = {"explain": explanation.as_json(trace)} if trace else {}
            return json.dumps(as_json(article) | explained, ensure_ascii=False, indent=2)
        case _:
            return f"# {article.title}\n\n{article.markdown}" if article.title else article.markdown


def as_json(article: Article) -> dict[str, object]:
    """The article's promised keys; what is unknown is null."""
    return {
        "url": article.url or None,
        "canonical_url": article.canonical_url or None,
        "id": article.id or None,
        "site": article.site or None,
        "title": article.title or None,
        "byline": article.byline or None,
        "published": iso(article.published),
        "modified": iso(article.modified),
        "section": article.section or None,
        "language": article.language or None,
        "description": article.description or None,
        "keywords": list(article.keywords),
        "images": [
            {"url": p.url, "caption": p.caption or None, "credit": p.credit or None}
            for p in article.images
        ],
        "paywalled": article.paywalled,
        "method": article.method,
        "text": article.text,
        "html": article.html,
        "markdown": article.markdown,
        "words": article.words,
    }
