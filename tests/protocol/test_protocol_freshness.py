"""Validators: opaque, bounded, and never a way to write a header of one's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.model import Validators
from scraper.protocol.freshness import conditional_headers, merge, read_validators

DATE = "Sun, 01 Mar 2026 00:00:00 GMT"


def test_they_are_kept_as_they_came() -> None:
    headers = {"ETag": ' W/"a, b" ', "last-modified": DATE, "Date": "now"}
    assert read_validators(headers) == Validators('W/"a, b"', DATE)


@pytest.mark.parametrize("value", ["", '"a\nb"', '"a\x00"', '"a\x7f"', '"标"', "x" * 1025, "\t"])
def test_what_cannot_be_sent_is_not_kept(value: str) -> None:
    assert read_validators({"ETag": value, "Last-Modified": value}) == Validators()
    assert conditional_headers(Validators(value, value)) == {}


def test_a_kilobyte_is_kept() -> None:
    assert read_validators({"etag": "x" * 1024}).etag == "x" * 1024


def test_conditional_headers() -> None:
    both = {"If-None-Match": '"1"', "If-Modified-Since": DATE}
    assert conditional_headers(Validators('"1"', DATE)) == both
    assert conditional_headers(Validators(etag='"1"')) == {"If-None-Match": '"1"'}
    assert conditional_headers(Validators()) == {}


@given(st.text(), st.text())
def test_a_header_is_always_one_line_of_ascii(etag: str, date: str) -> None:
    kept = read_validators({"ETag": etag, "Last-Modified": date})
    for value in conditional_headers(kept).values():
        assert value.isascii()
        assert value.isprintable()


def test_merge() -> None:
    old = Validators('"1"', "old")
    assert merge(old, Validators()) == old
    assert merge(old, Validators('"2"')) == Validators('"2"', "old")
    assert merge(old, Validators('"2"', "new")) == Validators('"2"', "new")
