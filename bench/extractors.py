"""The extractors that are compared: a page's address and bytes in, its article's plain text out.

Each stands as its own documentation shows it. Some guess the charset of bytes badly, which says
nothing of how well they find an article: they get text, decoded before the clock starts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Read = Callable[[str, Any], str]  # the page is bytes, or text where `decoded` says so
CHINESE = "zh"
BLOCKS = ("p", "div", "li", "tr", "td", "th", "br", "pre", "blockquote", "h1", "h2", "h3", "h4")


@dataclass(frozen=True, slots=True)
class Extractor:
    """How one of them is set up for a language; imports happen in `build`, in its own process."""

    package: str  # whose version is reported
    build: Callable[[str], Read]
    peer: bool = True  # installed beside, not with, this project
    decoded: bool = False  # takes text


def generic(_language: str) -> Read:
    """This project, knowing nothing of the site."""
    from scraper.articles.extract import extract
    from scraper.articles.task import Task
    from scraper.model import Article, Page

    def read(url: str, body: bytes) -> str:
        found = extract(Task(Page(url=url, body=body)))
        return found.text if isinstance(found, Article) else ""

    return read


def profiled(_language: str) -> Read:
    """This project with the profile it ships for the replica's site."""
    from scraper.articles.extract import extract
    from scraper.articles.task import Task
    from scraper.config.sites import load_sites
    from scraper.model import Article, Page

    site = load_sites(None)["zaobao"]

    def read(url: str, body: bytes) -> str:
        found = extract(Task(Page(url=url, body=body), site, "Asia/Singapore"))
        return found.text if isinstance(found, Article) else ""

    return read


def parsing(_language: str) -> Read:
    """The floor under all of them: lxml's tree of the bytes, and nothing read from it."""
    from lxml import etree

    def read(_url: str, body: bytes) -> str:
        etree.fromstring(body, etree.HTMLParser())
        return ""

    return read


def trafilatura(**options: bool) -> Callable[[str], Read]:
    """The default, or with its options."""

    def build(_language: str) -> Read:
        from trafilatura import extract

        return lambda url, page: extract(page, url=url, include_comments=False, **options) or ""

    return build


def readability(_language: str) -> Read:
    """The summary, and its text with a line for each block."""
    from lxml.html import fromstring
    from readability import Document

    def read(url: str, body: bytes) -> str:
        tree = fromstring(Document(body, url=url).summary())
        for block in tree.iter(*BLOCKS):
            block.tail = "\n" + (block.tail or "")
        return str(tree.text_content())

    return read


def newspaper(language: str) -> Read:
    """The page says its language itself, except that Chinese is always known."""
    from newspaper import Article

    options: dict[str, Any] = {"language": CHINESE} if language == CHINESE else {}

    def read(url: str, page: str) -> str:
        article = Article(url, fetch_images=False, **options)
        article.download(input_html=page)
        return str(article.parse().text)

    return read


def goose(language: str) -> Read:
    """The same; Chinese words are told apart by a class of its own."""
    from goose3 import Goose
    from goose3.text import StopWordsChinese

    chinese = {
        "target_language": CHINESE,
        "use_meta_language": False,
        "stopwords_class": StopWordsChinese,
    }
    extractor = Goose(chinese if language == CHINESE else {})

    def read(_url: str, page: str) -> str:
        return str(extractor.extract(raw_html=page).cleaned_text)

    return read


def decode(body: bytes) -> str:
    """A page's text: what is valid UTF-8 is that; else by what it declares, else a guess."""
    from readability.encoding import get_encoding

    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode(get_encoding(body) or "utf-8", "replace")


OURS = "this project"
PROFILED = "this project, with the profile"
FLOOR = "parsing alone"
REFERENCE = "trafilatura"
EXTRACTORS = {
    OURS: Extractor("news-scraper", generic, peer=False),
    PROFILED: Extractor("news-scraper", profiled, peer=False),
    REFERENCE: Extractor("trafilatura", trafilatura(), decoded=True),
    "trafilatura, fast": Extractor("trafilatura", trafilatura(fast=True), decoded=True),
    "trafilatura, precision": Extractor(
        "trafilatura", trafilatura(favor_precision=True), decoded=True
    ),
    "readability-lxml": Extractor("readability-lxml", readability),
    "newspaper4k": Extractor("newspaper4k", newspaper, decoded=True),
    "goose3": Extractor("goose3", goose, decoded=True),
    FLOOR: Extractor("lxml", parsing, peer=False),
}
