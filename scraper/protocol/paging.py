"""Whether one URL is the next page of the article at another, from the URLs alone.

Many sites use `rel=next` for the next story or for the next page of a list, so a link's word is
not enough: the URL has to be the same one with a page number added, or with its number one higher.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from scraper.protocol.urls import canonical, host

_QUERY = frozenset(
    "page paged pageno page_no pagenum page_num pagenumber page_number pageindex page_index "
    "curpage currentpage pg pn p".split()
)
_NUMBER = r"(?P<number>0|[1-9]\d{0,2})"  # a leading zero is a day's or a month's
_PATHS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^(?P<stem>.*)(?P<form>/page[/_-]?|/p[/_-]?){_NUMBER}(?P<end>\.[a-z]{{3,5}})?/?$",
        rf"^(?P<stem>.*[^/])(?P<form>[_-]page[_-]?|[_-]p[_-]?){_NUMBER}(?P<end>\.[a-z]{{3,5}})?/?$",
        rf"^(?P<stem>.*[^/])(?P<form>[_-]){_NUMBER}(?P<end>\.[a-z]{{3,5}})?/?$",
        rf"^(?P<stem>.*[^/])(?<!/page)(?<!/p)(?P<form>/){_NUMBER}(?P<end>)/?$",
    )
)
_INDEX = re.compile(r"(?:/(?:index|default)\.[a-z]{3,5})?/*$", re.IGNORECASE)

Step = Literal["added", "raised"]


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A URL read as a page of something: what it is a page of, how that is written, which page."""

    stem: str
    form: str
    number: int


def step(here: str, following: str, *, later: bool = False) -> Step | None:
    """How `following` continues the page at `here`; None where it does not.

    "added": a page number was added to the URL, so that it can hardly be another story's. "raised":
    the number that stands in it is one higher, which is also how stories may be counted. An article
    begins at a URL without a number, or with 0 or 1; only a page that was itself reached as the
    continuation of another (`later`) may have any number. Both URLs are absolute.
    """
    targets = list(_readings(following))
    bare = _key(urlsplit(canonical(here)))
    if not later and any(t.number in (1, 2) and t.stem == bare for t in targets):
        return "added"
    mine = [reading for reading in _readings(here) if later or reading.number <= 1]
    raised = {_Numbered(m.stem, m.form, m.number + 1) for m in mine}
    return "raised" if raised.intersection(targets) else None


def _readings(url: str) -> Iterator[_Numbered]:
    """Every way to read a URL as a numbered page of something; of the front page it is none."""
    parts = urlsplit(canonical(url))
    yield from (reading for reading in (*_in_query(parts), *_in_path(parts)) if reading.stem)


def _in_query(parts: SplitResult) -> Iterator[_Numbered]:
    pairs = parts.query.split("&")
    for place, pair in enumerate(pairs):
        name, _, value = pair.partition("=")
        if name.lower() in _QUERY and re.fullmatch(_NUMBER, value):
            others = "&".join(pairs[:place] + pairs[place + 1 :])
            yield _Numbered(_key(parts._replace(query=others)), name, int(value))


def _in_path(parts: SplitResult) -> Iterator[_Numbered]:
    for pattern in _PATHS:
        if found := pattern.match(parts.path):
            stem = _key(parts._replace(path=found["stem"] + (found["end"] or "")))
            yield _Numbered(stem, found["form"], int(found["number"]))


def _key(parts: SplitResult) -> str:
    """A URL by what tells pages apart: not the scheme, "www.", a final slash or index.html.

    '' for a site's front page.
    """
    path = _INDEX.sub("", parts.path)
    name = host(parts.geturl()).removeprefix("www.")
    return f"{name}{path}?{parts.query}" if path or parts.query else ""
