"""How many stories of the replica are read exactly, in each edition of the site's markup.

Exact means: the same paragraphs, the same pictures in the same order, the same captions as the
replica's truth. Each story is read through the site's profile, and as a page of an unknown site.
"""

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.editions import EDITIONS, SITE
from bench.replica import serve
from scraper.articles.extract import extract
from scraper.articles.task import Task
from scraper.config.sites import load_sites
from scraper.model import Article, NotArticle, Page
from scraper.site import Site

ALL = 100_000  # stories: more than there are

Truth = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fidelity:
    """The stories of one edition, and the ids of those that were not read exactly."""

    edition: str
    stories: int
    profile: tuple[str, ...]
    generic: tuple[str, ...]


def is_exact(found: Article | NotArticle, story: Truth) -> bool:
    """Whether an extraction equals the truth of its story; of a locked one, what is shown."""
    if not isinstance(found, Article):
        return False
    shown = story["paragraphs"][: story["visible_paragraphs"]]
    images = story["images"][: len(found.images)] if story["locked"] else story["images"]
    if found.text.split("\n") != shown or len(found.images) != len(images):
        return False
    return all(
        (image["key"] in picture.url or image["digest"] in picture.url)
        and picture.caption == image["caption"]
        for picture, image in zip(found.images, images, strict=True)
    )


def measure_fidelity() -> list[Fidelity]:
    """Every story in every edition."""
    site = load_sites(None)["zaobao"]
    with serve(ALL, SITE) as replica:
        with urllib.request.urlopen(f"{replica}/_replica/truth.json") as answer:
            stories = json.load(answer)["stories"]
        return [_measure(replica, edition, stories, site) for edition in EDITIONS]


def _measure(replica: str, edition: str, stories: list[Truth], site: Site) -> Fidelity:
    missed: dict[Site | None, list[str]] = {site: [], None: []}
    for story in stories:
        with urllib.request.urlopen(f"{replica}{story['path']}?edition={edition}") as answer:
            page = Page(SITE + story["path"], answer.read(), "text/html")
        for known, ids in missed.items():
            if not is_exact(extract(Task(page, known, "Asia/Singapore")), story):
                ids.append(story["id"])
    return Fidelity(edition, len(stories), tuple(missed[site]), tuple(missed[None]))
