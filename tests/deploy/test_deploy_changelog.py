"""The changelog keeps to its form, so that people and programs can read it."""

import re
from datetime import date
from pathlib import Path

from scraper.version import VERSION

TEXT = (Path(__file__).parents[2] / "CHANGELOG.md").read_text("utf-8")
KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
RELEASE = re.compile(r"\[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d{2}-\d{2})( \[YANKED\])?")


def releases() -> dict[str, str]:
    """What stands under each heading of the second level, newest first."""
    parts = re.split(r"^## (.+)$", TEXT, flags=re.MULTILINE)[1:]
    headings = parts[::2]
    assert len(set(headings)) == len(headings)
    return dict(zip(headings, parts[1::2], strict=True))


def test_it_begins_with_what_is_not_released_yet() -> None:
    assert TEXT.startswith("# Changelog\n\n")
    assert "keepachangelog.com" in TEXT.partition("\n## ")[0]
    assert next(iter(releases())) == "[Unreleased]"


def test_releases_have_a_version_and_a_day_and_the_newest_comes_first() -> None:
    found = [RELEASE.fullmatch(heading) for heading in list(releases())[1:]]
    assert None not in found
    matches = [match for match in found if match]
    versions = [tuple(map(int, match.groups()[:3])) for match in matches]
    days = [date.fromisoformat(match[4]) for match in matches]
    assert versions == sorted(versions, reverse=True)
    assert days == sorted(days, reverse=True)
    assert tuple(map(int, VERSION.split("."))) >= max(versions, default=(0, 0, 0))


def test_changes_are_grouped_by_kind_each_once_and_never_empty() -> None:
    for heading, text in releases().items():
        before, *groups = re.split(r"^### (.+)$", text, flags=re.MULTILINE)
        assert not before.strip() or before.strip().startswith("["), heading
        kinds, bodies = groups[::2], groups[1::2]
        assert [kind for kind in KINDS if kind in kinds] == kinds, heading
        assert all(body.strip().startswith("- ") for body in bodies), heading


def test_every_change_is_an_item_of_its_list() -> None:
    for text in releases().values():
        for line in text.splitlines():
            assert re.match(r"$|- \S|  \S|### \w+$|\[", line), line
            assert len(line) <= 110, line
