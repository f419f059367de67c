"""Pages that ask for more than any article does are read as articles all the same.

The limits of the product are the judge: what needed more would come out as plain text.
"""

import asyncio
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.articles.task import Task
from scraper.model import Article, NotArticle, Page
from scraper.service.limits import PAGE, within
from scraper.service.workers import Workers, read_article
from tests.hostile_pages import COUNT, LONG, long, many

URL = "https://e.example/1"
MANY, SHORT = many(COUNT // 4), long(LONG // 50)
TAGS = (
    "a b i p br li ul ol div span table tr td th blockquote pre code sup h1 h2 figure figcaption "
    "img picture source iframe video script style title noscript template svg math select option "
    "form input button nav aside header footer article main section time base meta link font x-y"
).split()
NAMES = "class id href src srcset alt title style hidden start colspan rowspan datetime".split()
ODD = (
    "\0 \x0b \ufffe \U000f0001 \U0010fffd &amp; &#0; &#xd800; &lt;b ]]> <!-- --> <![ <? </ "
    "< > & \" ' *_`[]!| {{ {% 中文，标点。 word, \n\n\n \u3000 \u200b http://[x 9999999999"
).split(" ")
PROSE = ["The council met, and said a word; it was long. " * 3, "大桥关闭，会议结束。" * 9]
TEXTS = st.one_of(st.text(max_size=40), st.sampled_from(ODD), st.sampled_from(PROSE))
ATTRIBUTES = st.builds('{}="{}"'.format, st.sampled_from(NAMES), TEXTS)
TAG = st.builds(
    "<{}{} {}>".format,
    st.sampled_from(["", "", "/"]),
    st.sampled_from(TAGS),
    st.lists(ATTRIBUTES, max_size=3).map(" ".join),
)
FRAGMENTS = st.lists(st.one_of(TAG, TEXTS), max_size=60).map("".join)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    pool = Workers(2)
    yield pool
    pool.close()


async def read_all(workers: Workers, pages: dict[str, bytes]) -> dict[str, Article | NotArticle]:
    tasks = [Task(Page(URL, body, "text/html")) for body in pages.values()]
    return dict(zip(pages, await asyncio.gather(*map(workers.extract, tasks)), strict=True))


def read(workers: Workers, pages: dict[str, str]) -> dict[str, Article | NotArticle]:
    return asyncio.run(read_all(workers, {name: text.encode() for name, text in pages.items()}))


@pytest.mark.parametrize("pages", [MANY, SHORT], ids=["many", "long"])
def test_hostile_pages_are_read_as_articles(workers: Workers, pages: dict[str, str]) -> None:
    found = read(workers, pages)
    methods = {n: a.method if isinstance(a, Article) else a.reason for n, a in found.items()}
    assert set(methods.values()) == {"generic"}, methods


@pytest.mark.soak
@pytest.mark.parametrize("name", many(1))
def test_so_many_of_anything_are_read_as_an_article(workers: Workers, name: str) -> None:
    article = read(workers, {name: many(COUNT)[name]})[name]
    assert isinstance(article, Article)
    assert article.method == "generic", article.doubt


@pytest.mark.soak
@pytest.mark.parametrize("name", long(10))
def test_ten_megabytes_of_anything_are_read_as_an_article(workers: Workers, name: str) -> None:
    article = read(workers, {name: long(LONG)[name]})[name]
    assert isinstance(article, Article)
    assert article.method == "generic", article.doubt


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(FRAGMENTS)
def test_every_fragment_is_read_or_refused_with_a_reason(fragment: str) -> None:
    body = fragment.encode("utf-8", "surrogatepass")
    found = within(PAGE, read_article, Task(Page(URL, body, "text/html")))
    if isinstance(found, Article):
        found.markdown.encode()
        assert found.method != "plain"
    else:
        assert found.reason


@pytest.mark.soak
@settings(deadline=None, max_examples=20_000, suppress_health_check=list(HealthCheck))
@given(FRAGMENTS)
def test_every_fragment_of_very_many_is_read_or_refused(fragment: str) -> None:
    test_every_fragment_is_read_or_refused_with_a_reason.hypothesis.inner_test(fragment)  # type: ignore[attr-defined]


def test_no_file_of_the_feed_suite_is_too_much(workers: Workers, shared: Path) -> None:
    files = {}
    with tarfile.open(shared / "corpus/suites/feedparser/tests.tar.gz") as archive:
        for member in archive:
            if content := archive.extractfile(member):
                files[member.name] = content.read()
    assert len(files) > 2000
    found = asyncio.run(read_all(workers, files))
    plain = [n for n, a in found.items() if isinstance(a, Article) and a.method == "plain"]
    assert plain == []
