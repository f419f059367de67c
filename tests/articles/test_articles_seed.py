"""The article that the archive began with, on a page around its body as the feed gave it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.model import Article, NotArticle

URL = "https://www.zaobao.com/realtime/china/story20211113-1213060"


@pytest.fixture
def seed(shared: Path) -> str:
    """The seed's HTML body, leftovers included."""
    post = (shared / "corpus" / "seed.md").read_text(encoding="utf-8")
    return post.partition("<div>\n")[2].rpartition("\n</div>")[0]


def page_around(body: str, title: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="zh-hans" dir="ltr"><head><title>{title} | 联合早报网</title></head>
<body><nav><a href="/">首页</a></nav>
<div class="content"><h1 class="article-title">{title}</h1>
<h4 class="title-byline date-published">发布 / 2021年11月13日 08:00 PM</h4>
<h4 class="title-byline byline">文 / <a href="/byline/zaobao">联合早报</a></h4>
<div class="article-share-fb"><a href="/share">分享</a></div>
<div class="article-content-rawhtml">{body}</div>
<div class="keywords"><a href="/keywords/hk">港澳</a></div></div>
<footer><p>版权所有</p></footer></body></html>"""


def test_the_seeds_body_comes_out_as_its_paragraphs(
    seed: str, shared: Path, take: Callable[..., Article | NotArticle]
) -> None:
    post = (shared / "corpus" / "seed.md").read_text(encoding="utf-8")
    stated = re.search(r'^title: "(.*)"$', post, re.MULTILINE)
    assert stated
    found = take(page_around(seed, stated[1]), URL, profile=True)
    assert isinstance(found, Article)
    paragraphs = re.findall(r"<p>.*?</p>", seed, re.DOTALL)
    assert len(paragraphs) == 7
    assert found.html == "".join(paragraphs)
    assert found.text == "\n".join(p.removeprefix("<p>").removesuffix("</p>") for p in paragraphs)
    assert found.published == datetime(2021, 11, 13, 12, tzinfo=UTC)
    assert found.precision == "instant"
    assert (found.title, found.canonical_url) == (stated[1], URL)
    assert (found.byline, found.images) == ("联合早报", ())
