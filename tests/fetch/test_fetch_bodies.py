"""Content codings: bounded, checked to the end, tolerant where real servers are sloppy."""

import gzip
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import FetchError
from scraper.fetch.bodies import BodyDecoder

TEXT = "新闻 and news ".encode() * 500


def decode(
    coding: str, data: bytes, limit: int = 1_000_000, step: int = 7, *, truncate: bool = False
) -> bytes:
    decoder = BodyDecoder(coding, limit, truncate=truncate)
    for start in range(0, len(data), step):
        if not decoder.feed(data[start : start + step]):
            break
    return decoder.finish()


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


@pytest.mark.parametrize("step", [1, 2, 3, 1000, 10**6])
@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT)),
        ("X-GZIP", gzip.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate(TEXT)),
        ("gzip, gzip", gzip.compress(gzip.compress(TEXT))),
        ("deflate , identity, gzip", gzip.compress(zlib.compress(TEXT))),
        ("gzip", gzip.compress(TEXT) + b"\0\0\0\x1f\x8b\x08 leftovers"),
        ("gzip", gzip.compress(TEXT) + b"\x1f"),
        ("deflate", zlib.compress(TEXT) + b"leftovers"),
        ("gzip", gzip.compress(TEXT[:1000]) + gzip.compress(b"") + gzip.compress(TEXT[1000:])),
    ],
)
def test_what_was_coded_comes_back(coding: str, data: bytes, step: int) -> None:
    assert decode(coding, data, step=step) == TEXT


@pytest.mark.parametrize("coding", ["", "gzip", "deflate", "gzip, deflate"])
def test_no_body_is_an_empty_body(coding: str) -> None:
    assert decode(coding, b"") == b""


@pytest.mark.parametrize("missing", [1, 4, 8, 9, 20])
def test_a_gzip_end_that_is_missing_is_noticed(missing: int) -> None:
    with pytest.raises(FetchError, match="ends in the middle") as caught:
        decode("gzip", gzip.compress(TEXT)[:-missing])
    assert caught.value.passing


@pytest.mark.parametrize("data", [zlib.compress(TEXT)[:-1], raw_deflate(TEXT)[:-1], b"x"])
def test_a_deflate_end_that_is_missing_is_noticed(data: bytes) -> None:
    with pytest.raises(FetchError, match="ends in the middle"):
        decode("deflate", data)


def test_an_inner_end_that_is_missing_is_noticed() -> None:
    with pytest.raises(FetchError, match="ends in the middle"):
        decode("gzip, gzip", gzip.compress(gzip.compress(TEXT)[:-3]))


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_what_is_not_compressed_at_all(coding: str) -> None:
    with pytest.raises(FetchError, match="not compressed the way it says"):
        decode(coding, b"<html>plain</html>")


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, br", "compress", "\x1b[0m"])
def test_codings_that_were_not_asked_for(coding: str) -> None:
    with pytest.raises(FetchError, match="unknown coding") as caught:
        decode(coding, b"")
    assert not caught.value.passing
    assert str(caught.value).isprintable()


def test_three_codings_are_too_many() -> None:
    with pytest.raises(FetchError, match="more than 2 codings"):
        decode("gzip, gzip, gzip", b"")


def test_a_gzip_file_of_endless_empty_parts_is_refused() -> None:
    with pytest.raises(FetchError, match="more than 100 parts"):
        decode("gzip", gzip.compress(b"") * 200)


@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("", bytes(1001)),
        ("gzip", gzip.compress(bytes(1001))),
        ("deflate", zlib.compress(bytes(1001))),
        ("gzip, gzip", gzip.compress(gzip.compress(bytes(1001)))),
        ("gzip, gzip", gzip.compress(gzip.compress(bytes(10_000_000)))),
        ("gzip", gzip.compress(bytes(600)) + gzip.compress(bytes(600))),
    ],
)
@pytest.mark.parametrize("step", [10, 10**6])
def test_one_byte_too_many(coding: str, data: bytes, step: int) -> None:
    with pytest.raises(FetchError, match="larger than 1,000 bytes") as caught:
        decode(coding, data, limit=1000, step=step)
    assert not caught.value.passing


@pytest.mark.parametrize(
    ("coding", "data"), [("", bytes(1000)), ("gzip", gzip.compress(bytes(1000)))]
)
def test_exactly_the_limit(coding: str, data: bytes) -> None:
    assert decode(coding, data, limit=1000) == bytes(1000)


@pytest.mark.parametrize(
    ("coding", "data"), [("", bytes(9000)), ("gzip", gzip.compress(bytes(9000)))]
)
def test_the_first_bytes_are_enough_where_the_rest_does_not_count(coding: str, data: bytes) -> None:
    assert decode(coding, data, limit=1000, truncate=True) == bytes(1000)


@given(st.binary(), st.sampled_from(["gzip", "deflate", "gzip, deflate"]), st.integers(1, 50))
def test_no_bytes_do_worse_than_an_error(data: bytes, coding: str, step: int) -> None:
    with suppress(FetchError):
        assert len(decode(coding, data, limit=5000, step=step)) <= 5000
