"""Ways to misbehave before, and instead of, an answer."""

from tests.hostile.site import Visit
from tests.hostile.way import connection, page

LATE = "no complete answer within 2 s"
CLOSED = "closed before the answer was complete"
LOST = "lost before the answer was complete"


@page("failed", LATE, article="deferred")
def never_answers(visit: Visit) -> None:
    visit.wait()


@page("failed", CLOSED, article="deferred")
def closes_without_an_answer(visit: Visit) -> None:
    visit.close()


@page("failed", LOST, article="deferred")
def resets_before_the_answer(visit: Visit) -> None:
    visit.reset()


@connection("failed", LATE, "robots.txt", article="deferred")
def accepts_and_never_reads(visit: Visit) -> None:
    visit.wait()


@connection("failed", "robots.txt", article="deferred")
def closes_every_connection(visit: Visit) -> None:
    visit.close()


@connection("failed", "connection", "robots.txt", article="deferred")
def resets_every_connection(visit: Visit) -> None:
    visit.reset()


@connection("failed", "not valid HTTP", "robots.txt", article="deferred")
def speaks_another_protocol(visit: Visit) -> None:
    visit.send(b"SSH-2.0-OpenSSH_9.6\r\n")
    visit.wait(0.5)


@connection("failed", LATE, "robots.txt")
def drips_before_it_is_asked(visit: Visit) -> None:
    visit.drip(b"HTTP/1.1 200 OK\r\nX-Drip: " + b"x" * 1000)


# -- TLS -------------------------------------------------------------------------------------------


def _good(visit: Visit) -> None:
    visit.reply(200, visit.good)


@page("failed", "TLS: certificate has expired", tls="expired", article="deferred")
def shows_an_expired_certificate(visit: Visit) -> None:
    _good(visit)


@page("failed", "TLS: ", "127.0.0.1", tls="other name", article="deferred")
def shows_another_name_s_certificate(visit: Visit) -> None:
    _good(visit)


@page("failed", "TLS: self-signed certificate", "ca_file", tls="self-signed", article="deferred")
def shows_a_self_signed_certificate(visit: Visit) -> None:
    _good(visit)


@page("failed", "TLS: unable to get local issuer", "ca_file", tls="unknown", article="deferred")
def shows_a_certificate_of_an_unknown_authority(visit: Visit) -> None:
    _good(visit)


@connection("failed", "TLS: ", tls="none", article="deferred")
def speaks_plain_http_on_a_tls_port(visit: Visit) -> None:
    visit.socket.recv(65_536)
    visit.reply(400, b"<p>plain HTTP here</p>")
    visit.close()


@connection("failed", LATE, tls="none", article="deferred")
def never_ends_the_handshake(visit: Visit) -> None:
    visit.socket.recv(65_536)
    visit.send(b"\x16\x03\x03\x40\x00\x02")
    visit.wait()


@connection("failed", LATE, tls="none")
def drips_the_handshake(visit: Visit) -> None:
    visit.drip(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03" + b"x" * 1000)


@connection("failed", LOST, tls="none")
def resets_in_the_handshake(visit: Visit) -> None:
    visit.socket.recv(65_536)
    visit.send(b"\x16\x03\x03")
    visit.reset()


@connection("failed", "not valid HTTP")
def answers_plain_http_with_a_tls_alert(visit: Visit) -> None:
    visit.socket.recv(65_536)
    visit.send(b"\x15\x03\x01\x00\x02\x02\x46")
    visit.close()
