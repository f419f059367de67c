"""A time-stamping authority on loopback: `openssl ts` behind a small server (RFC 3161)."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

_CONFIGURATION = """
[ tsa ]
default_tsa = here
[ here ]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[ req ]
distinguished_name = name
[ name ]
[ signing ]
extendedKeyUsage = critical,timeStamping
"""


class Authority:
    """Makes its certificates; `mode` is how it answers, `queries` counts what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mode = "honest"  # or "down", "html", "refusing", "replaying"
        self.queries: list[bytes] = []
        self._first = b""
        configuration = folder / "openssl.cnf"
        configuration.write_text(_CONFIGURATION.format(folder=folder), "utf-8")
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "99")
        self._run("req", "-x509", *key, "-subj", "/CN=Root", "-keyout", "ca.key", "-out", "ca.pem")
        self._run("req", *key[:-2], "-subj", "/CN=TSA", "-keyout", "tsa.key", "-out", "tsa.csr")
        signing = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "99")
        extensions = ("-extfile", "openssl.cnf", "-extensions", "signing")
        self._run("x509", "-req", "-in", "tsa.csr", *signing, *extensions, "-out", "tsa.pem")

    def _run(self, *arguments: str) -> None:
        command = ["openssl", *arguments]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)

    def answer(self, query: bytes) -> tuple[int, str, bytes]:
        """Status, media type and body."""
        self.queries.append(query)
        match self.mode:
            case "down":
                return 503, "text/plain", b"try later"
            case "html":
                return 200, "text/html", b"<p>Welcome to our hotel"
            case "refusing":
                query = b"no query"
            case "replaying" if self._first:
                return 200, "application/timestamp-reply", self._first
        (self.folder / "query").write_bytes(query)
        reply = ("-queryfile", "query", "-config", "openssl.cnf", "-out", "reply")
        self._run("ts", "-reply", *reply)
        self._first = (self.folder / "reply").read_bytes()
        return 200, "application/timestamp-reply", self._first

    def vouches(self, stamp: Path, data: Path) -> bool:
        """What `openssl ts -verify` says."""
        files = ("-in", str(stamp), "-data", str(data), "-CAfile", str(self.folder / "ca.pem"))
        command = ["openssl", "ts", "-verify", *files]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0


@contextmanager
def serving(folder: Path) -> Iterator[tuple[Authority, str]]:
    """A running authority and its address; skips where there is no openssl."""
    if not shutil.which("openssl"):
        pytest.skip("needs openssl")
    authority = Authority(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            status, media_type, body = authority.answer(query)
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as inherited
            """Be silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield authority, f"http://127.0.0.1:{server.server_port}/tsr"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
