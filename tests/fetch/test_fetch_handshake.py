"""A handshake alone: whose certificate is trusted, and how long it lasts."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scraper.errors import FetchError
from scraper.fetch.handshake import shake_hands
from tests.fetch.conftest import Server


def shake(server: Server, ca_file: str = "", seconds: float = 5.0) -> datetime:
    return asyncio.run(shake_hands("127.0.0.1", ("127.0.0.1", server.port), ca_file, seconds))


def test_a_trusted_certificate_says_when_it_ends(tls_server: Server, ca_file: str) -> None:
    assert shake(tls_server, ca_file) > datetime.now(UTC) + timedelta(days=1)
    assert tls_server.requests == []


def test_an_unknown_authority_is_named_as_the_reason(tls_server: Server) -> None:
    with pytest.raises(FetchError, match="unable to get local issuer certificate"):
        shake(tls_server)


def test_a_certificate_for_another_name_is_not_trusted(
    wrong_tls_server: Server, ca_file: str
) -> None:
    with pytest.raises(FetchError, match="TLS"):
        shake(wrong_tls_server, ca_file)


def test_a_server_without_tls_is_told_apart(server: Server) -> None:
    with pytest.raises(FetchError):
        shake(server, seconds=0.5)


def test_a_port_that_nobody_listens_on_is_a_reason(server: Server) -> None:
    port = server.port
    server.stop()
    with pytest.raises(FetchError, match=f"127.0.0.1:{port}: Connection refused"):
        asyncio.run(shake_hands("127.0.0.1", ("127.0.0.1", port)))


def test_a_file_without_certificates_is_a_reason(tls_server: Server, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing\n", "utf-8")
    with pytest.raises(FetchError, match="ca_file"):
        shake(tls_server, str(tmp_path / "empty.pem"))
