"""Paragraphs that a page sets apart by line breaks, as portals do that are older than its sites.

A line break ends a paragraph where a second one follows, where the next line is indented, and
beside a line that is none of the article's: it can be left out only as a paragraph of its own.
Where the page marks its paragraphs by `<p>`, two breaks inside of one are the author's blank line.
"""

from scraper.articles.generic.tidy import is_crumb
from scraper.articles.tree import Element

_INDENTS = ("\u3000", "\xa0\xa0")
_WHITE = " \t\r\n\f"
FEW = 3  # paragraphs by which a page marks them all
_UNBROKEN = frozenset(("pre", "a"))  # a line break in these is one


def break_lines(body: Element) -> None:
    """Make paragraph ends of the line breaks that are meant so. Changes the tree."""
    marked = sum(1 for p in body.iter("p") if p.text or len(p)) >= FEW
    for br in list(body.iter("br")):
        parent = br.getparent()
        if parent is None or parent.tag in _UNBROKEN:
            continue
        if _stands_beside_crumb(br) or (not (marked and _in_paragraph(br)) and _ends_paragraph(br)):
            br.tag = "p"  # an empty one: what stands before it and behind it is text of its own


def _ends_paragraph(br: Element) -> bool:
    line = (br.tail or "").lstrip(_WHITE)
    following = br.getnext()
    if following is not None and following.tag == "br" and not line.strip():
        return True
    return line.startswith(_INDENTS)


def _in_paragraph(br: Element) -> bool:
    return next(br.iterancestors("p"), None) is not None


def _stands_beside_crumb(br: Element) -> bool:
    before = br.getprevious()
    line = before.tail if before is not None else None
    return _is_crumb(br.tail or "") or _is_crumb(line or "")


def _is_crumb(line: str) -> bool:
    said = line.strip()
    return bool(said) and is_crumb(said)
