"""The post that the archive's layout comes from, written again from a page of its generation."""

import re
from datetime import UTC, datetime
from pathlib import Path

from scraper.articles.task import Task
from scraper.config.sites import load_sites
from scraper.markdown.document import render
from scraper.model import ArchiveSettings, Article, Entry, Page, Source, Validators
from scraper.service.keeping.compose import Draft, compose, propose_path
from scraper.service.workers import read_article

URL = "https://www.zaobao.com/realtime/china/story20211113-1213060"
PAGE = """<!DOCTYPE html><html lang="zh-hans"><head><title>{title} | 联合早报网</title>
<link rel="canonical" href="{url}"><meta property="og:type" content="article"></head><body>
<header><a href="/">联合早报</a></header>
<main><article><h1 class="article-title">{title}</h1>
<h4 class="title-byline date-published">发布 / 2021年11月13日 08:00 PM</h4>
<div class="article-share-fb"><a href="#">分享</a></div>
<div class="article-content-container"><div class="article-content-rawhtml">{body}</div></div>
<div class="keywords"><a href="/keywords/x">港澳</a></div></article></main>
<footer>版权所有</footer></body></html>"""


def test_the_seeds_article_is_written_as_in_the_seed(shared: Path) -> None:
    seed = (shared / "corpus/seed.md").read_text("utf-8")
    title = re.search(r'^title: "(.*)"$', seed, re.MULTILINE)
    assert title
    leftovers = seed.partition("<div>\n")[2].rpartition("\n</div>")[0]
    page = PAGE.format(title=title[1], url=URL, body=leftovers)
    settings = ArchiveSettings(Path("archive"), body="html", front_matter="seed")
    source = Source("china", "联合早报", (URL,), "zaobao", timezone="Asia/Singapore")
    site = load_sites(None)["zaobao"]
    article = read_article(
        Task(Page(URL, page.encode(), "text/html", "utf-8"), site, "Asia/Singapore")
    )
    assert isinstance(article, Article)
    draft = Draft(article, Entry(URL, article.id), source, site, Validators(), datetime.now(UTC))
    text = render(compose(draft, settings, None), "seed")

    def undated(document: str) -> str:
        head = document.partition("------\n")[0]
        return re.sub(r"^date: .*$|<!--\d+-->", "", head, flags=re.MULTILINE)

    assert undated(text) == undated(seed)
    assert "\ndate: 2021-11-13T12:00:00.000Z\n" in text
    assert "\n<!--1636804800000-->\n" in text
    paragraphs = re.findall(r"<p>.*?</p>", leftovers)
    assert text.partition("------\n")[2] == f"\n<div>\n{''.join(paragraphs)}\n</div>\n"
    assert propose_path(draft, settings) == f"_posts/2021/11/2021-11-13-{title[1]}.md"
