"""Ways to misbehave in the body of an answer: lengths, codings, endings, and what it holds."""

import gzip
import zlib

from tests.hostile.connections import CLOSED, LATE, LOST
from tests.hostile.site import Visit
from tests.hostile.way import page

TOO_LARGE = "larger than 4,000,000 bytes"
NOT_CODED = "not compressed the way it says"
IN_THE_MIDDLE = "ends in the middle"
ZEROS = bytes(1_000_000)


def _zeros(window: int, megabytes: int = 20) -> bytes:
    coder = zlib.compressobj(wbits=window)
    return b"".join(coder.compress(ZEROS) for _ in range(megabytes)) + coder.flush()


GZIP_BOMB, DEFLATE_BOMB = _zeros(31), _zeros(15)
PADDING = b"\n" + b" " * 20_000


# -- on the way ------------------------------------------------------------------------------------


@page("failed", LATE, article="deferred")
def drips_the_body(visit: Visit) -> None:
    visit.begin("Content-Length: 1000")
    visit.drip(b"x" * 1000)


@page("failed", LATE)
def drips_chunks(visit: Visit) -> None:
    visit.begin("Transfer-Encoding: chunked")
    for _ in range(1000):
        visit.send(b"1\r\nx\r\n")
        visit.wait(0.1)


@page("failed", LATE)
def drips_gzip(visit: Visit) -> None:
    visit.begin("Content-Encoding: gzip")
    visit.drip(gzip.compress(ZEROS))


@page("failed", LATE, article="deferred")
def stalls_in_the_body(visit: Visit) -> None:
    visit.begin(f"Content-Length: {len(visit.good)}")
    visit.send(visit.good[:-1])
    visit.wait()


@page("failed", LOST, article="deferred")
def resets_in_the_body(visit: Visit) -> None:
    visit.begin(f"Content-Length: {len(visit.good)}")
    visit.send(visit.good[:-1])
    visit.reset()


@page("failed", CLOSED, article="deferred")
def says_too_long_a_length(visit: Visit) -> None:
    visit.begin(f"Content-Length: {len(visit.good) + 1000}")
    visit.send(visit.good)
    visit.close()


@page("changed", article="deferred", article_says="ends in mid-sentence")
def says_too_short_a_length(visit: Visit) -> None:
    """The feed's one entry comes whole, the article's text does not."""
    visit.begin(f"Content-Length: {len(visit.good) - 20 if b'<rss' in visit.good else 700}")
    visit.send(visit.good)
    visit.close()


@page("failed", CLOSED, article="deferred")
def ends_before_the_last_chunk(visit: Visit) -> None:
    visit.begin("Transfer-Encoding: chunked")
    visit.send(b"%x\r\n%b\r\n" % (len(visit.good), visit.good))
    visit.close()


@page("failed", "not valid HTTP", article="deferred")
def sends_invalid_chunks(visit: Visit) -> None:
    visit.begin("Transfer-Encoding: chunked")
    visit.send_for_ever(b"one of them\r\nx\r\n")


@page("failed", LATE)
def promises_a_chunk_of_exabytes(visit: Visit) -> None:
    visit.begin("Transfer-Encoding: chunked")
    visit.send(b"fffffffffffffff\r\n" + visit.good)
    visit.wait()


@page("failed", TOO_LARGE, article="deferred")
def sends_an_endless_body(visit: Visit) -> None:
    visit.begin()
    visit.send_for_ever(b"<p>x</p>" * 8192)


@page("failed", TOO_LARGE, article="deferred")
def sends_endless_chunks(visit: Visit) -> None:
    visit.begin("Transfer-Encoding: chunked")
    visit.send_for_ever(b"10000\r\n" + b"x" * 65_536 + b"\r\n")


# -- codings ---------------------------------------------------------------------------------------


@page("failed", IN_THE_MIDDLE, article="deferred")
def truncates_gzip(visit: Visit) -> None:
    visit.reply(200, gzip.compress(visit.good)[:-20], Content_Encoding="gzip")


@page("failed", NOT_CODED, article="deferred")
def says_gzip_and_sends_none(visit: Visit) -> None:
    visit.reply(200, visit.good, Content_Encoding="gzip")


@page("failed", NOT_CODED)
def sends_gzip_with_a_wrong_checksum(visit: Visit) -> None:
    whole = gzip.compress(visit.good)
    visit.reply(200, whole[:-8] + b"\0\0\0\0" + whole[-4:], Content_Encoding="gzip")


@page("changed", article="archived")
def sends_gzip_with_something_behind_it(visit: Visit) -> None:
    visit.reply(200, gzip.compress(visit.good) + b"\0" * 512, Content_Encoding="gzip")


@page("failed", "more than 100 parts")
def sends_gzip_of_many_members(visit: Visit) -> None:
    visit.reply(200, gzip.compress(b"") * 10_000, Content_Encoding="gzip")


@page("failed", TOO_LARGE, article="deferred")
def sends_a_gzip_bomb(visit: Visit) -> None:
    visit.reply(200, GZIP_BOMB, Content_Encoding="gzip")


@page("failed", TOO_LARGE, article="deferred")
def sends_a_deflate_bomb(visit: Visit) -> None:
    visit.reply(200, DEFLATE_BOMB, Content_Encoding="deflate")


@page("failed", TOO_LARGE, article="deferred")
def sends_a_bomb_in_a_bomb(visit: Visit) -> None:
    visit.reply(200, gzip.compress(GZIP_BOMB), Content_Encoding="gzip, gzip")


@page("changed", article="archived")
def sends_raw_deflate(visit: Visit) -> None:
    coder = zlib.compressobj(wbits=-15)
    body = coder.compress(visit.good) + coder.flush()
    visit.reply(200, body, Content_Encoding="deflate")


@page("changed", article="archived")
def nests_two_codings(visit: Visit) -> None:
    body = gzip.compress(zlib.compress(visit.good))
    visit.reply(200, body, Content_Encoding="deflate, gzip")


@page("failed", "more than 2 codings", article="deferred")
def nests_three_codings(visit: Visit) -> None:
    body = gzip.compress(gzip.compress(zlib.compress(visit.good)))
    visit.reply(200, body, Content_Encoding="deflate, gzip, gzip")


@page("failed", "unknown coding 'x-rot13'", article="deferred")
def uses_an_unknown_coding(visit: Visit) -> None:
    visit.reply(200, visit.good, Content_Encoding="x-rot13")


# -- what it holds ---------------------------------------------------------------------------------


@page("changed", article="archived")
def says_a_wrong_charset(visit: Visit) -> None:
    visit.reply(200, visit.good, Content_Type=f"{visit.site.kind}; charset=gb2312")


@page("changed", article="archived")
def says_a_charset_that_is_none(visit: Visit) -> None:
    visit.reply(200, visit.good, Content_Type=f"{visit.site.kind}; charset=klingon-8")


@page("changed", article="archived")
def says_a_wrong_type(visit: Visit) -> None:
    visit.reply(200, visit.good, Content_Type="application/octet-stream")


@page("failed", "HTML where a feed was expected", "“Sign in”", "check the address")
def sends_html_for_a_feed(visit: Visit) -> None:
    body = b"<!doctype html><title>Sign in</title><p>Please sign in.</p>"
    visit.reply(200, body, Content_Type="text/html")


@page("failed", "empty", article="deferred")
def sends_nothing(visit: Visit) -> None:
    visit.reply(200)


@page("failed", "empty", article="deferred")
def sends_white_space(visit: Visit) -> None:
    visit.reply(200, b" \n" * 5000)


@page(
    "failed",
    "neither feed, sitemap nor section page",
    article="deferred",
    article_says="no article",
)
def sends_a_picture(visit: Visit) -> None:
    body = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 40
    visit.reply(200, body, Content_Type="image/png")


@page("failed", "no JSON Feed", "check the address")
def sends_json_that_is_no_feed(visit: Visit) -> None:
    visit.reply(200, b'{"error": "quota"}', Content_Type="application/json")


@page("failed", "not well-formed", article="deferred", article_says="no text")
def sends_a_feed_without_its_entries(visit: Visit) -> None:
    visit.reply(200, b"<?xml version='1.0'?><rss version='2.0'><channel><title>A</tit")


@page("changed", again="failed")
def lists_nothing_any_more(visit: Visit) -> None:
    empty = b"<?xml version='1.0'?><rss version='2.0'><channel><title>A</title></channel></rss>"
    visit.reply(200, visit.good if visit.nth == 1 else empty)


@page("changed", again="failed")
def turns_into_a_home_page(visit: Visit) -> None:
    visit.reply(200, visit.good if visit.nth == 1 else b"<html><title>Home</title><p>Hi</html>")


def _with_prolog(visit: Visit, prolog: str, title: str) -> None:
    feed = visit.good.decode().partition("?>")[2].replace("<title>", f"<title>{title}", 2)
    visit.reply(200, f'<?xml version="1.0" encoding="utf-8"?>{prolog}{feed}'.encode())


@page("changed")
def sends_an_xml_bomb(visit: Visit) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    _with_prolog(visit, f'<!DOCTYPE rss [<!ENTITY l0 "lol">{laughs}]>', "&l11;")


@page("changed")
def names_a_file_in_an_entity(visit: Visit) -> None:
    _with_prolog(visit, '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hosts">]>', "&x;")


@page("changed")
def names_an_address_in_an_entity(visit: Visit) -> None:
    entity = f'<!ENTITY x SYSTEM "{visit.origin}/entity">'
    _with_prolog(visit, f'<!DOCTYPE rss SYSTEM "{visit.origin}/dtd" [{entity}]>', "&x;")


@page("failed", "HTML where a feed was expected", seconds=10)
def sends_megabytes_of_one_tag(visit: Visit) -> None:
    visit.reply(200, b"<html><body><p " + b"a=b " * 990_000 + b">")


@page("failed", "HTML where a feed was expected", seconds=10)
def sends_a_hundred_thousand_links(visit: Visit) -> None:
    links = b"".join(b"<a href='/2024/05/06/%d'>Story</a>" % n for n in range(100_000))
    visit.reply(200, b"<html><body>" + links, Content_Type="text/html")


@page("failed", seconds=10)
def nests_a_hundred_thousand_elements(visit: Visit) -> None:
    visit.reply(200, b"<?xml version='1.0'?><rss><channel>" + b"<a>" * 100_000)
