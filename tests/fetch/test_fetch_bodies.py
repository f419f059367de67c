"""Content codings: bounded, checked to the end, tolerant where real servers are sloppy."""

import gzip
import sys
import zlib
from contextlib import suppress
from itertools import pairwise

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import FetchError
from scraper.fetch.bodies import BodyDecoder

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = "新闻 and news ".encode() * 500


def decode(
    coding: str, data: bytes, limit: int = 1_000_000, step: int = 7, *, truncate: bool = False
) -> bytes:
    decoder = BodyDecoder(coding, limit, truncate=truncate)
    for start in range(0, len(data), step):
        if not decoder.feed(data[start : start + step]):
            break
    return decoder.finish()


def packed(data: bytes) -> bytes:
    """As gzip, without the time: cases are named alike in every process that collects them."""
    return gzip.compress(data, mtime=0)


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


def wide_zstd(data: bytes) -> bytes:
    """With a window of 128 MB."""
    options: dict[int, int] = {zstd.CompressionParameter.window_log: 27}
    stream = zstd.ZstdCompressor(options=options)
    return stream.compress(data) + stream.flush()


CODERS = {
    "gzip": packed,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}
SKIPPED = b"\x50\x2a\x4d\x18\x04\0\0\0note"  # a skippable frame, RFC 8878 §3.1.2


@pytest.mark.parametrize("step", [1, 2, 3, 1000, 10**6])
@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", packed(TEXT)),
        ("X-GZIP", packed(TEXT)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate(TEXT)),
        ("br", brotli.compress(TEXT)),
        ("BR", brotli.compress(TEXT, quality=0)),
        ("zstd", zstd.compress(TEXT)),
        ("zstd", SKIPPED + zstd.compress(TEXT[:1000]) + zstd.compress(TEXT[1000:]) + SKIPPED),
        ("gzip, br", brotli.compress(packed(TEXT))),
        ("zstd, gzip", packed(zstd.compress(TEXT))),
        ("gzip, gzip", packed(packed(TEXT))),
        ("deflate , identity, gzip", packed(zlib.compress(TEXT))),
        ("gzip", packed(TEXT) + b"\0\0\0\x1f\x8b\x08 leftovers"),
        ("gzip", packed(TEXT) + b"\x1f"),
        ("deflate", zlib.compress(TEXT) + b"leftovers"),
        ("gzip", packed(TEXT[:1000]) + packed(b"") + packed(TEXT[1000:])),
    ],
)
def test_what_was_coded_comes_back(coding: str, data: bytes, step: int) -> None:
    assert decode(coding, data, step=step) == TEXT


@pytest.mark.parametrize("coding", ["", "gzip", "deflate", "br", "zstd", "gzip, br"])
def test_no_body_is_an_empty_body(coding: str) -> None:
    assert decode(coding, b"") == b""


@pytest.mark.parametrize("missing", [1, 4, 8, 9, 20])
def test_a_gzip_end_that_is_missing_is_noticed(missing: int) -> None:
    with pytest.raises(FetchError, match="ends in the middle") as caught:
        decode("gzip", packed(TEXT)[:-missing])
    assert caught.value.passing


@pytest.mark.parametrize("data", [zlib.compress(TEXT)[:-1], raw_deflate(TEXT)[:-1], b"x"])
def test_a_deflate_end_that_is_missing_is_noticed(data: bytes) -> None:
    with pytest.raises(FetchError, match="ends in the middle"):
        decode("deflate", data)


def test_an_inner_end_that_is_missing_is_noticed() -> None:
    with pytest.raises(FetchError, match="ends in the middle"):
        decode("gzip, gzip", packed(packed(TEXT)[:-3]))


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_what_is_not_compressed_at_all(coding: str) -> None:
    with pytest.raises(FetchError, match="not compressed the way it says"):
        decode(coding, b"<html>plain</html>")


@pytest.mark.parametrize("coding", ["dcb", "gzip, bz2", "compress", "\x1b[0m"])
def test_codings_that_were_not_asked_for(coding: str) -> None:
    with pytest.raises(FetchError, match="unknown coding") as caught:
        decode(coding, b"")
    assert not caught.value.passing
    assert str(caught.value).isprintable()


def test_three_codings_are_too_many() -> None:
    with pytest.raises(FetchError, match="more than 2 codings"):
        decode("gzip, gzip, gzip", b"")


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_endless_empty_parts_are_refused(coding: str) -> None:
    with pytest.raises(FetchError, match="more than 100 parts"):
        decode(coding, CODERS[coding](b"") * 200)


@pytest.mark.parametrize("coding", ["br", "zstd"])
@pytest.mark.parametrize("step", [1, 10**6])
def test_nothing_may_follow_the_end_of_what_knows_no_leftovers(coding: str, step: int) -> None:
    with pytest.raises(FetchError, match="not compressed the way it says"):
        decode(coding, CODERS[coding](TEXT) + b"leftovers", step=step)


def test_a_window_wider_than_rfc_9659_allows_is_refused() -> None:
    with pytest.raises(FetchError, match="not compressed the way it says"):
        decode("zstd", wide_zstd(bytes(20_000_000)), limit=100_000_000, step=10**6)


@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("", bytes(1001)),
        ("gzip", packed(bytes(1001))),
        ("deflate", zlib.compress(bytes(1001))),
        ("gzip, gzip", packed(packed(bytes(1001)))),
        ("gzip, gzip", packed(packed(bytes(10_000_000)))),
        ("gzip", packed(bytes(600)) + packed(bytes(600))),
        ("br", brotli.compress(bytes(1001))),
        ("br", brotli.compress(bytes(100_000_000))),
        ("zstd", zstd.compress(bytes(1001))),
        ("zstd", zstd.compress(bytes(100_000_000))),
        ("zstd", zstd.compress(bytes(600)) + zstd.compress(bytes(600))),
        ("br, zstd", zstd.compress(brotli.compress(bytes(10_000_000)))),
    ],
)
@pytest.mark.parametrize("step", [10, 10**6])
def test_one_byte_too_many(coding: str, data: bytes, step: int) -> None:
    with pytest.raises(FetchError, match="larger than 1,000 bytes") as caught:
        decode(coding, data, limit=1000, step=step)
    assert not caught.value.passing


@pytest.mark.parametrize(
    ("coding", "data"),
    [("", bytes(1000)), *((name, code(bytes(1000))) for name, code in CODERS.items())],
)
def test_exactly_the_limit(coding: str, data: bytes) -> None:
    assert decode(coding, data, limit=1000) == bytes(1000)


@pytest.mark.parametrize(
    ("coding", "data"),
    [("", bytes(9000)), *((name, code(bytes(9000))) for name, code in CODERS.items())],
)
def test_the_first_bytes_are_enough_where_the_rest_does_not_count(coding: str, data: bytes) -> None:
    assert decode(coding, data, limit=1000, truncate=True) == bytes(1000)


codings = st.lists(st.sampled_from(sorted(CODERS)), min_size=1, max_size=2)
cuts = st.lists(st.integers(0, 4000), max_size=8)


def coded(data: bytes, names: list[str]) -> bytes:
    for name in names:
        data = CODERS[name](data)
    return data


def pieces(data: bytes, at: list[int]) -> list[bytes]:
    places = [0, *sorted(at), len(data)]
    return [data[a:b] for a, b in pairwise(places)]


@given(st.binary(max_size=3000), codings, cuts)
def test_any_split_of_any_coding_gives_the_same(
    data: bytes, names: list[str], at: list[int]
) -> None:
    decoder = BodyDecoder(", ".join(names), 3000)
    for piece in pieces(coded(data, names), at):
        assert decoder.feed(piece)
    assert decoder.finish() == data


@given(st.binary(min_size=1, max_size=3000), codings, cuts, st.data())
def test_what_is_cut_off_is_never_accepted(
    data: bytes, names: list[str], at: list[int], draw: st.DataObject
) -> None:
    whole = coded(data, names)
    cut = draw.draw(st.integers(1, len(whole) - 1))
    decoder = BodyDecoder(", ".join(names), 3000)
    for piece in pieces(whole[:cut], at):
        decoder.feed(piece)
    with pytest.raises(FetchError, match="ends in the middle"):
        decoder.finish()


@given(st.binary(), codings, st.integers(1, 50))
def test_no_bytes_do_worse_than_an_error(data: bytes, names: list[str], step: int) -> None:
    with suppress(FetchError):
        assert len(decode(", ".join(names), data, limit=5000, step=step)) <= 5000


@given(st.binary(max_size=300), codings, cuts, st.binary(max_size=20), st.integers(0, 300))
def test_damage_is_judged_alike_however_it_is_split(
    data: bytes, names: list[str], at: list[int], junk: bytes, place: int
) -> None:
    whole = coded(data, names)
    damaged = whole[:place] + junk + whole[place:]
    assert verdict(names, [damaged]) == verdict(names, pieces(damaged, at))


def verdict(names: list[str], parts: list[bytes]) -> bytes | None:
    decoder = BodyDecoder(", ".join(names), 100_000)
    try:
        for part in parts:
            decoder.feed(part)
        return decoder.finish()
    except FetchError:
        return None
