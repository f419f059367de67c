"""Articles of a made-up source, each with words of its own, as figures and as articles."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

from scraper.articles.drift import compared
from scraper.articles.measures import FACTS, Measure, Noted, lines_of, measure_of
from scraper.model import Article, Picture

NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)
_WORDS = "山城 江水 灯火 书店 渡口 早市 茶馆 石阶 雨伞 钟楼 邮局 学校 桥梁 面馆 黄昏 晨雾".split()


def paragraphs(rng: random.Random, number: int) -> list[str]:
    return [
        "".join(rng.choices(_WORDS, k=rng.randint(20, 60))) + f"{rng.random():.9f}。"
        for _ in range(number)
    ]


def article(name: str, *lines: str, html: str = "", **changes: object) -> Article:
    """An article with all its facts."""
    made = Article(
        url=f"https://news.example/{name}",
        canonical_url=f"https://news.example/{name}",
        id=name,
        site="",
        title=name,
        text="\n".join(lines),
        html=html or "".join(f"<p>{line}</p>" for line in lines),
        markdown="\n\n".join(lines),
        method="profile:news/2026",
        byline="记者",
        published=NOON,
        description="摘要",
        keywords=("山城",),
        images=(Picture("https://news.example/a.jpg"),),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def stories(seed: int = 1, **changes: object) -> Iterator[Article]:
    """Articles without end: mostly of some paragraphs, some of one short line."""
    rng = random.Random(seed)
    for number in count():
        length = 1 if rng.random() < 0.1 else rng.randint(3, 25)
        yield replace(article(f"story-{seed}-{number}", *paragraphs(rng, length)), **changes)  # type: ignore[arg-type]


def note(one: Article, past: list[Noted], unlike: str = "") -> Noted:
    """What is noted of an article beside others."""
    lines = lines_of(one)
    return Noted(one.id, compared(measure_of(one), lines, past), NOON, lines, unlike)


def noted(number: int, seed: int = 1, **changes: object) -> list[Noted]:
    """What is noted of so many stories."""
    made = stories(seed, **changes)
    return [note(next(made), []) for _ in range(number)]


def measure(**changes: object) -> Measure:
    """A usual article's figures."""
    usual = Measure(
        generation="profile:news/2026",
        locked=False,
        characters=800,
        paragraphs=12,
        linked=0.0,
        pictures=1,
        filled=frozenset(FACTS),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]
