"""Ways to misbehave in the head of an answer: status lines, headers, redirects, Retry-After."""

from email.utils import formatdate
from time import time

from tests.hostile.connections import CLOSED, LATE
from tests.hostile.site import Visit
from tests.hostile.way import page

INVALID = "not valid HTTP"
HEADERS = "more than 100 KB of headers"
ENDLESS = "goes on and on without a body"
NOT_WEB = "not an http or https address"


@page("failed", LATE, article="deferred")
def drips_the_head(visit: Visit) -> None:
    visit.drip(b"HTTP/1.1 200 OK\r\nX-Drip: " + b"x" * 1000)


@page("failed", HEADERS, article="deferred")
def sends_endless_headers(visit: Visit) -> None:
    visit.send(b"HTTP/1.1 200 OK\r\n")
    visit.send_for_ever(b"".join(b"X-%d: x\r\n" % number for number in range(1000)))


@page("failed", HEADERS, article="deferred")
def sends_one_huge_header(visit: Visit) -> None:
    visit.reply(200, visit.good, X_Huge="x" * 10_000_000)


@page("failed", HEADERS)
def sends_an_endless_header(visit: Visit) -> None:
    visit.send(b"HTTP/1.1 200 OK\r\nX-Endless: ")
    visit.send_for_ever(b"x" * 65_536)


@page("failed", INVALID, article="deferred")
def begins_with_an_invalid_status_line(visit: Visit) -> None:
    visit.send(b"HTTP/1.1 OK 200 fine\r\n\r\n" + visit.good)
    visit.close()


@page("failed", CLOSED, article="deferred")
def answers_in_http_0_9(visit: Visit) -> None:
    visit.send(visit.good)
    visit.close()


@page("failed", INVALID)
def answers_in_http_2(visit: Visit) -> None:
    visit.send(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80\x00\x04\x00\x01")
    visit.close()


@page("failed", INVALID)
def sends_a_header_without_a_name(visit: Visit) -> None:
    visit.send(b"HTTP/1.1 200 OK\r\nno colon here\r\nContent-Length: 0\r\n\r\n")


@page("failed", INVALID)
def puts_a_nul_into_a_header(visit: Visit) -> None:
    visit.send(b"HTTP/1.1 200 OK\r\nX-Nul: a\0b\r\nContent-Length: 0\r\n\r\n")


@page("failed", INVALID, article="deferred")
def says_two_lengths(visit: Visit) -> None:
    visit.begin("Content-Length: 5", f"Content-Length: {len(visit.good)}")
    visit.send(visit.good)


@page("failed", INVALID)
def says_a_negative_length(visit: Visit) -> None:
    visit.begin("Content-Length: -1")
    visit.send(visit.good)


@page("failed", ENDLESS, article="deferred")
def says_100_continue_for_ever(visit: Visit) -> None:
    visit.send_for_ever(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


@page("changed")
def gives_an_early_hint(visit: Visit) -> None:
    visit.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")
    visit.reply(200, visit.good)


@page("failed", INVALID)
def switches_protocols(visit: Visit) -> None:
    visit.send(b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
    visit.wait()


# -- statuses --------------------------------------------------------------------------------------


@page("failed", "HTTP 204", article="deferred")
def says_204(visit: Visit) -> None:
    visit.reply(204, Content_Length="", Content_Type="")


@page("failed", "HTTP 206", article="deferred")
def says_206_partial(visit: Visit) -> None:
    half = visit.good[: len(visit.good) // 2]
    visit.reply(206, half, Content_Range=f"bytes 0-{len(half) - 1}/{len(visit.good)}")


@page("failed", "HTTP 304", "nothing was asked on condition", article="deferred")
def says_304_to_nothing(visit: Visit) -> None:
    visit.send(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n')


@page("changed", again="unchanged")
def says_304_with_a_body(visit: Visit) -> None:
    if "if-none-match" not in visit.seen.headers:
        visit.reply(200, visit.good, ETag='"1"')
    else:
        visit.reply(304, visit.good, ETag='"1"')


@page("failed", "HTTP 401", article="deferred")
def says_401(visit: Visit) -> None:
    visit.reply(401, b"<p>who?</p>", WWW_Authenticate='Basic realm="r"')


@page("failed", "HTTP 403", article="deferred")
def says_403(visit: Visit) -> None:
    visit.reply(403, b"<p>no</p>")


@page("failed", "HTTP 404", article="deferred")
def says_404(visit: Visit) -> None:
    visit.reply(404, visit.good)


@page("failed", "HTTP 410", article="failed")
def says_410(visit: Visit) -> None:
    visit.reply(410, visit.good)


@page("failed", "HTTP 451", article="failed")
def says_451(visit: Visit) -> None:
    visit.reply(451, visit.good)


@page("failed", "HTTP 500", article="deferred")
def says_500(visit: Visit) -> None:
    visit.reply(500, visit.good)


@page("failed", "HTTP 999", article="deferred")
def says_999(visit: Visit) -> None:
    visit.reply(999, visit.good)


@page("failed", "HTTP 410", article="failed", requests=1)
def drips_the_body_of_an_error(visit: Visit) -> None:
    visit.send(b"HTTP/1.1 410 Gone\r\nContent-Length: 1000\r\n\r\n")
    visit.drip(b"x" * 1000)


@page("failed", "HTTP 429", article="deferred", requests=1)
def resets_in_the_body_of_an_error(visit: Visit) -> None:
    visit.send(b"HTTP/1.1 429 Slow Down\r\nRetry-After: 60\r\nContent-Length: 1000\r\n\r\nx")
    visit.reset()


# -- please later ----------------------------------------------------------------------------------


@page("failed", "HTTP 429", article="deferred", requests=1)
def says_429_for_seconds(visit: Visit) -> None:
    visit.reply(429, Retry_After="3600")


@page("failed", "HTTP 429", article="deferred", requests=1)
def says_429_until_a_date(visit: Visit) -> None:
    visit.reply(429, Retry_After=formatdate(time() + 3600, usegmt=True))


@page("failed", "HTTP 429", article="deferred", requests=1)
def says_429_alone(visit: Visit) -> None:
    visit.reply(429)


@page("failed", "HTTP 503", article="deferred", requests=1)
def says_503_for_seconds(visit: Visit) -> None:
    visit.reply(503, Retry_After="3600")


@page("failed", "HTTP 503", article="deferred", requests=1)
def says_503_until_a_date(visit: Visit) -> None:
    visit.reply(503, Retry_After=formatdate(time() + 3600, usegmt=True))


@page("failed", "HTTP 503", article="deferred")
def says_503_until_yesterday(visit: Visit) -> None:
    visit.reply(503, Retry_After=formatdate(time() - 86_400, usegmt=True))


@page("failed", "HTTP 503")
def asks_for_a_negative_time(visit: Visit) -> None:
    visit.reply(503, Retry_After="-3600")


@page("failed", "HTTP 429", article="deferred", requests=1)
def asks_for_a_thousand_years(visit: Visit) -> None:
    visit.reply(429, Retry_After="31536000000")


@page("failed", "HTTP 429", requests=1)
def asks_for_a_number_without_end(visit: Visit) -> None:
    visit.reply(429, Retry_After="9" * 5000)


@page("failed", "HTTP 429", article="deferred")
def asks_for_garbage(visit: Visit) -> None:
    visit.reply(429, Retry_After="soon; \x7f\xff please")


# -- elsewhere -------------------------------------------------------------------------------------


@page("failed", "loop", article="deferred")
def redirects_in_a_loop(visit: Visit) -> None:
    visit.reply(302, Location=visit.seen.path)


@page("failed", "more than 10 redirects", article="deferred")
def redirects_without_end(visit: Visit) -> None:
    name, _, number = visit.seen.path.partition("?n=")
    path = f"{name}?n={int(number or 0) + 1}"
    visit.site.routes[path] = redirects_without_end
    visit.reply(302, Location=path)


@page("failed", "169.254.169.254", article="deferred")
def redirects_to_the_metadata_of_a_cloud(visit: Visit) -> None:
    visit.reply(302, Location="http://169.254.169.254/latest/meta-data/")


@page("failed", "10.0.0.1", article="deferred")
def redirects_to_a_private_address(visit: Visit) -> None:
    visit.reply(301, Location="http://10.0.0.1/")


@page("failed", "file:///etc/passwd", NOT_WEB, article="deferred")
def redirects_to_a_file(visit: Visit) -> None:
    visit.reply(302, Location="file:///etc/passwd")


@page("failed", "ftp://", NOT_WEB)
def redirects_to_ftp(visit: Visit) -> None:
    visit.reply(302, Location="ftp://127.0.0.1/feed")


@page("failed", "javascript:", NOT_WEB)
def redirects_to_a_script(visit: Visit) -> None:
    visit.reply(302, Location="javascript:alert(1)")


@page("failed", "nowhere", article="deferred")
def redirects_nowhere(visit: Visit) -> None:
    visit.reply(302, visit.good)


@page("failed", NOT_WEB)
def redirects_to_garbage(visit: Visit) -> None:
    visit.reply(302, Location="http://[::1")


@page("failed", "302")
def redirects_to_port_0(visit: Visit) -> None:
    visit.reply(302, Location="http://127.0.0.1:0/")


@page("failed", CLOSED)
def redirects_to_a_page_that_closes(visit: Visit) -> None:
    visit.site.routes["/closes"] = Visit.close
    visit.reply(302, Location="/closes")
