"""The text of a page that cannot be read within its limits: its characters, and nothing clever.

One look at every tag, without a tree and without going back, so that time and memory follow the
length of what is read, which is bounded, too. What comes out holds menus and footers beside the
article; it is kept for a person to look at.
"""

import html
import re
from collections.abc import Iterator
from datetime import UTC
from itertools import islice

from scraper.articles.dates import Moment, start_of
from scraper.articles.extract import count_words
from scraper.articles.markup import BLOCKS
from scraper.articles.task import Task
from scraper.articles.tree import printable, squeeze
from scraper.model import Article, NotArticle, Story
from scraper.protocol.charset import decode
from scraper.protocol.identity import identify
from scraper.site import Site

MAX_TAGS = 300_000  # that are looked at: a second's work
MAX_TITLE = 300
MAX_CHARACTERS = 500_000  # of text that are kept: five novels
_NAME = re.compile(r"/?[a-zA-Z][a-zA-Z0-9]*")
_UNREAD = ("script", "style", "template", "noscript", "textarea", "svg", "title", "iframe")
_CLOSING = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in _UNREAD}
_BREAKING = BLOCKS | {"br"}


def read_plain(task: Task, doubt: str) -> Article | NotArticle:
    """What a page says, a paragraph a line; `doubt` is why it is not read as an article.

    Title and instant are the entry's where there is one. A page that shows its site's wall is none
    of our business, and one without any text is none at all.
    """
    text = decode(task.page.body, task.page.charset).text
    title, lines = _read(text)
    if task.site and any(phrase in line for line in lines for phrase in task.site.wall.phrases):
        return NotArticle("wall", f"the page shows a subscription notice ({doubt})")
    if not lines:
        return NotArticle("empty", f"no text found on the page ({doubt})")
    return _assemble(task, doubt, title, lines)


def _assemble(task: Task, doubt: str, title: str, lines: list[str]) -> Article:
    entry, story = task.entry, _story(task)
    moment = _published(task, story)
    return Article(
        url=task.page.url,
        canonical_url=_known_by(task, story),
        id=story.id if story else "",
        site=task.site.name if task.site else "",
        title=(entry.title if entry else "") or _without_suffix(title, task.site),
        text="\n".join(lines),
        html="".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines),
        method="plain",
        byline=entry.author if entry else "",
        published=moment.instant if moment else None,
        precision=moment.precision if moment else "instant",
        section=story.section if story else "",
        words=sum(map(count_words, lines)),
        doubt=doubt,
    )


def _story(task: Task) -> Story | None:
    urls = [task.entry.url if task.entry else "", *task.page.redirects[:1], task.page.url]
    for site in (task.site, None) if task.site else (None,):
        for url in filter(None, urls):
            if story := identify(url, site, task.trusted_hosts):
                return story
    return None


def _known_by(task: Task, story: Story | None) -> str:
    """The profile's address of a story; without a profile, the page's own."""
    ours = story and task.site and story.url.startswith(task.site.canonical)
    return story.url if story and ours else task.page.url


def _published(task: Task, story: Story | None) -> Moment | None:
    if task.entry and task.entry.published:
        return Moment(task.entry.published.astimezone(UTC))
    return start_of(story.day, task.timezone) if story and story.day else None


def _without_suffix(title: str, site: Site | None) -> str:
    for suffix in site.title_suffixes if site else ():
        if title.endswith(suffix):
            return title.removesuffix(suffix).strip()
    return title


# -- characters ------------------------------------------------------------------------------------


def _read(text: str) -> tuple[str, list[str]]:
    """The title, and the paragraphs until there is enough text."""
    title = ""
    lines: list[str] = []
    room = MAX_CHARACTERS
    for kind, raw in _paragraphs(text):
        said = squeeze(printable(html.unescape(raw)))[:room]
        if kind == "title":
            title = title or said[:MAX_TITLE]
        elif said:
            lines.append(said)
            room -= len(said)
        if room <= 0:
            break
    return title, lines


def _paragraphs(text: str) -> Iterator[tuple[str, str]]:
    """The document's titles ("title") and paragraphs (""), with their entities."""
    pieces: list[str] = []
    for name, piece in islice(_pieces(text), MAX_TAGS):
        if name == "title":
            yield name, piece
        elif not name:
            pieces.append(piece)
        elif name in _BREAKING and pieces:
            yield "", "".join(pieces)
            pieces = []
    yield "", "".join(pieces)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Text as ("", text), tags as (name, ""), the title as ("title", text)."""
    at = 0
    while at < len(text):
        start = text.find("<", at)
        if start < 0:
            yield "", text[at:]
            return
        if start > at:
            yield "", text[at:start]
        name, piece, at = _markup(text, start)
        yield name, piece


def _markup(text: str, start: int) -> tuple[str, str, int]:
    """What stands at a `<`: a tag's name or "", its text, and where to go on."""
    if text.startswith("<!--", start):
        return "", "", _behind(text, "-->", start)
    named = _NAME.match(text, start + 1)
    if not named:
        is_markup = text[start + 1 : start + 2] in ("!", "?", "/")
        return ("", "", _behind(text, ">", start)) if is_markup else ("", "<", start + 1)
    name, at = named[0].lower(), _behind(text, ">", start)
    if name not in _CLOSING:
        return name.lstrip("/"), "", at
    closing = _CLOSING[name].search(text, at)
    end = closing.start() if closing else len(text)
    return name, text[at:end], end


def _behind(text: str, mark: str, start: int) -> int:
    """The place behind the next mark; the end where there is none."""
    found = text.find(mark, start)
    return len(text) if found < 0 else found + len(mark)
