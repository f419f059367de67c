"""A few unreadable characters are told, many put an article into quarantine."""

import pytest

from scraper.articles.damage import damage_of, is_spoilt
from scraper.model import Article


def article(text: str, title: str = "Title") -> Article:
    return Article("https://a/1", "https://a/1", "1", "", title, text, "", "generic")


@pytest.mark.parametrize(
    ("text", "said", "spoilt"),
    [
        ("", "", False),
        ("新闻" * 100, "", False),
        ("新闻" * 100 + "\ufffd", "1 character could not be read (U+FFFD)", False),
        ("新闻" * 24 + "\ufffd\ufffd", "2 characters could not be read (U+FFFD)", True),
        ("新" * 49 + "\ufffd", "1 character could not be read (U+FFFD)", False),
        ("新" * 48 + "\ufffd", "1 character could not be read (U+FFFD)", True),
        ("plain English " * 100 + "\ufffd", "1 character could not be read (U+FFFD)", False),
        ("\ufffd" * 1234, "1,234 characters could not be read (U+FFFD)", True),
    ],
)
def test_the_share_decides(text: str, said: str, spoilt: bool) -> None:
    assert damage_of(article(text)) == said
    assert is_spoilt(article(text)) is spoilt


def test_a_title_counts() -> None:
    assert is_spoilt(article("", "\ufffd\ufffd新闻"))
