"""Ways to misbehave with robots.txt: RFC 9309 says what follows."""

import gzip

from tests.hostile.bodies import GZIP_BOMB
from tests.hostile.connections import LATE
from tests.hostile.site import Visit
from tests.hostile.way import robots

PLAIN = "text/plain"


@robots("failed", "robots.txt", LATE, article="deferred")
def hangs_at_robots_txt(visit: Visit) -> None:
    visit.wait()


@robots("failed", "robots.txt", LATE)
def drips_robots_txt(visit: Visit) -> None:
    visit.begin("Content-Length: 1000")
    visit.drip(b"#" * 1000)


@robots("failed", "robots.txt", "HTTP 500", article="deferred")
def says_500_at_robots_txt(visit: Visit) -> None:
    visit.reply(500)


@robots("failed", "robots.txt", "HTTP 429")
def says_429_at_robots_txt(visit: Visit) -> None:
    visit.reply(429, Retry_After="3600")


@robots("failed", "robots.txt", "ends in the middle")
def truncates_robots_txt(visit: Visit) -> None:
    body = gzip.compress(b"User-agent: *\nAllow: /\n" * 1000)[:-20]
    visit.reply(200, body, Content_Encoding="gzip", Content_Type=PLAIN)


@robots("failed", "robots.txt")
def resets_at_robots_txt(visit: Visit) -> None:
    visit.reset()


@robots("failed", "disallowed by", "/robots.txt", article="skipped")
def disallows_everything(visit: Visit) -> None:
    visit.reply(200, b"User-agent: *\nDisallow: /\n", Content_Type=PLAIN)


@robots("changed", article="archived")
def forbids_robots_txt(visit: Visit) -> None:
    visit.reply(403, b"User-agent: *\nDisallow: /\n", Content_Type=PLAIN)


@robots("changed", article="archived")
def sends_a_picture_for_robots_txt(visit: Visit) -> None:
    visit.reply(200, b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 1000, Content_Type="image/png")


@robots("changed", article="archived")
def sends_html_for_robots_txt(visit: Visit) -> None:
    visit.reply(200, b"<!doctype html><title>Home</title><p>Disallow: nothing</p>" * 100)


@robots("changed", article="archived")
def disallows_beyond_500_kib_of_robots_txt(visit: Visit) -> None:
    body = b"# padding\n" * 60_000 + b"User-agent: *\nDisallow: /\n"
    visit.reply(200, body, Content_Type=PLAIN)


@robots("changed")
def sends_endless_rules_in_robots_txt(visit: Visit) -> None:
    visit.begin()
    visit.send(b"User-agent: *\n")
    visit.send_for_ever(b"".join(b"Disallow: /x%d/*/*$\n" % n for n in range(5000)))


@robots("changed")
def sends_a_bomb_for_robots_txt(visit: Visit) -> None:
    visit.reply(200, GZIP_BOMB, Content_Encoding="gzip", Content_Type=PLAIN)


@robots("changed", article="archived")
def redirects_robots_txt_in_a_loop(visit: Visit) -> None:
    visit.reply(302, Location="/robots.txt")


@robots("failed", "robots.txt")
def redirects_robots_txt_to_a_private_address(visit: Visit) -> None:
    visit.reply(302, Location="http://10.0.0.1/robots.txt")
