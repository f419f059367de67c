r"""Inline CommonMark as the characters that a reader sees: the way back from `escape.py`.

Read for what this program writes (CommonMark 0.31 §2.4 and §6): asterisks are emphasis, save where
the writer leaves them bare because they could not be; a picture says nothing, its alternative text
is no text of the article.
"""

import html
import re
from typing import Final

_TOKEN: Final = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|(?P<code>`+)"
    r"|(?P<open>!?\[)"
    r"|(?P<close>\](?:\((?P<url>(?:\\.|[^()\\\s])*)\))?)"
    r"|(?P<stars>\*+)"
    r"|(?P<entity>&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
    r"|<(?P<address>https?://[^\s<>]*)>"
    r"|(?P<tag></?[A-Za-z][^<>]*>)"
)


def inline_text(source: str) -> str:
    """The text of one paragraph, heading or cell; its line breaks stay."""
    return _Reader(source).run()


class _Reader:
    """One pass over a leaf. What turns out to be no markup is put back as it was."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.pieces: list[str] = []
        self.labels: list[int] = []  # places of the brackets that are open
        self.stars: list[tuple[int, str]] = []

    def run(self) -> str:
        at = 0
        while found := _TOKEN.search(self.source, at):
            self.pieces.append(self.source[at : found.start()])
            at = self._read(found)
        self.pieces.append(self.source[at:])
        if len(self.stars) == 1:  # a run that is alone emphasises nothing
            place, star = self.stars[0]
            self.pieces[place] = star
        return "".join(self.pieces)

    def _read(self, found: re.Match[str]) -> int:
        """Take one token; gives the place to go on at."""
        match found.lastgroup:
            case "code":
                return self._read_code(found)
            case "open":
                self.labels.append(len(self.pieces))
                self.pieces.append(found[0])
            case "close":
                return self._read_close(found)
            case "stars":
                self._read_stars(found)
            case "entity":
                self.pieces.append(html.unescape(found[0]))
            case "escaped" | "address" as name:
                self.pieces.append(found[name])
            case _:
                pass  # a tag: of another converter, and nothing to see
        return found.end()

    def _read_code(self, found: re.Match[str]) -> int:
        """A code span ends at a run of as many backticks (§6.1); without one they are text."""
        fence = found[0]
        closing = re.compile(rf"(?<!`){fence}(?!`)").search(self.source, found.end())
        if closing is None:
            self.pieces.append(fence)
            return found.end()
        code = self.source[found.end() : closing.start()]
        padded = code[:1] == code[-1:] == " " and bool(code.strip())
        self.pieces.append(code[1:-1] if padded else code)
        return closing.end()

    def _read_close(self, found: re.Match[str]) -> int:
        if found["url"] is None or not self.labels:
            self.pieces.append("]")
            if self.labels:
                self.labels.pop()
            return found.start() + 1
        place = self.labels.pop()
        if self.pieces[place] == "![":
            del self.pieces[place:]
            self.stars = [(n, stars) for n, stars in self.stars if n < place]
        else:
            self.pieces[place] = ""
        return found.end()

    def _read_stars(self, found: re.Match[str]) -> None:
        """Between blanks asterisks are text (§6.2); else they are marks, and nothing to see."""
        before = self.source[found.start() - 1 : found.start()]
        after = self.source[found.end() : found.end() + 1]
        if not before.strip() and not after.strip():
            self.pieces.append(found[0])
            return
        self.stars.append((len(self.pieces), found[0]))
        self.pieces.append("")
