"""What a body may consist of, however much of it there is."""

import pytest

from scraper.articles.markup import MANY_AMPERSANDS, sanitise

MANY = "&amp;" * (MANY_AMPERSANDS + 1)


@pytest.mark.parametrize("around", ["", "\U0010fffd"])
def test_a_text_of_ampersands_stays_one(around: str) -> None:
    markup = f'<p>{around}{MANY}#60;<a href="https://a.example/?x=1&amp;y=2">b</a></p>'
    assert sanitise(markup) == markup


def test_ampersands_hide_no_script() -> None:
    markup = f'<p>{MANY}<a href="javascript:x&amp;y">b</a>&amp;lt;script&amp;gt;</p>'
    assert sanitise(markup) == f"<p>{MANY}<a>b</a>&amp;lt;script&amp;gt;</p>"
