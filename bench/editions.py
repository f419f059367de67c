"""What a site profile costs over parsing alone, for each generation of the replica's markup."""

import json
import urllib.request
from dataclasses import dataclass

from bench.contest import compete
from bench.extractors import CHINESE, FLOOR, PROFILED
from bench.replica import serve

EDITIONS = ("sg2013", "sg2020", "hk2022", "hk2025", "sg2025")
SITE = "https://www.zaobao.com"


@dataclass(frozen=True, slots=True)
class EditionCost:
    """Pages per CPU second of one edition."""

    edition: str
    pages: int
    kilobytes: float  # of a page, on average
    profile: float
    floor: float

    @property
    def share_of_floor(self) -> float:
        """The speed as a share of that of parsing alone."""
        return self.profile / self.floor


def measure_editions(stories: int, rounds: int) -> list[EditionCost]:
    """The same stories in every edition, taken with the shipped profile."""
    with serve(stories, SITE) as replica:
        with urllib.request.urlopen(f"{replica}/_replica/truth.json") as answer:
            paths = [story["path"] for story in json.load(answer)["stories"]]
        return [_measure(replica, edition, paths, rounds) for edition in EDITIONS]


def _measure(replica: str, edition: str, paths: list[str], rounds: int) -> EditionCost:
    pages = []
    for path in paths:
        with urllib.request.urlopen(f"{replica}{path}?edition={edition}") as answer:
            pages.append((SITE + path, answer.read()))
    runs = compete((PROFILED, FLOOR), CHINESE, pages, rounds)
    missed = sum(not text for text in runs[PROFILED].texts)
    assert not missed, f"{missed} of {len(pages)} pages of {edition} gave no article"
    size = sum(len(body) for _, body in pages) / len(pages) / 1000
    return EditionCost(edition, len(pages), size, runs[PROFILED].rate, runs[FLOOR].rate)
