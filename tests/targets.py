"""Where alerts go, on loopback: a webhook and a mail server, both real, both willing or not."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_string, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Target:
    """What a target got; `status` is what it answers from now on."""

    url: str  # as Apprise writes it
    status: int = 200
    got: list[tuple[str, str]] = field(default_factory=list)  # title, text
    asked: int = 0
    hold: threading.Event = field(default_factory=threading.Event)  # unset: it does not answer


@contextmanager
def webhook() -> Iterator[Target]:
    """A server that takes JSON."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            target.hold.wait(30)
            target.asked += 1
            if target.status == 200:
                target.got.append((body["title"], body["message"]))
            self.send_response(target.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Tests are quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        target = Target(f"json://127.0.0.1:{server.server_address[1]}/hook-t0ken")
        target.hold.set()
        with _serving(server):
            yield target
            target.hold.set()


class _Mail(socketserver.ThreadingTCPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _MailHandler)
        people = "from=archive@example.org&to=keeper@example.org"
        address = f"127.0.0.1:{self.server_address[1]}"
        self.target = Target(f"mailto://{address}?{people}&mode=insecure&format=text")


class _MailHandler(socketserver.StreamRequestHandler):
    server: _Mail

    def handle(self) -> None:
        self._say("220 mail.example.org")
        while line := self.rfile.readline().decode().strip().upper():
            self._answer(line)
            if line == "QUIT":
                return

    def _answer(self, line: str) -> None:
        if line == "DATA":
            self._say("354 go on")
            self._take()
        elif line.startswith("RCPT") and self.server.target.status != 200:
            self._say("550 no such user")
        else:
            self._say("250 fine")

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
            lines.append(line)
        mail = message_from_string("\n".join(lines), policy=policy.default)
        text = mail.get_body(("plain",))
        self.server.target.got.append((str(mail["Subject"]), text.get_content() if text else ""))
        self._say("250 taken")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[Target]:
    """A server that takes mail (RFC 5321), and refuses recipients where `status` is not 200."""
    with _Mail() as server, _serving(server):
        yield server.target


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield
    server.shutdown()
    thread.join()
