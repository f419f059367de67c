"""Pages nested deeper than libxml2 reads: it stops at 2,048 open elements and drops all the rest.

Elements further in than anybody writes lose their tags, not their text.
"""

import re

MAX_DEPTH = 500  # of elements that nest; each may hold three more that do not (tbody, tr, td)
_TAG = re.compile(rb"<(/?)([a-zA-Z][^\s/<>]*)[^<>]*>")
# Those that hold nothing (HTML §13.1.2), and those that the next of their kind closes (§13.1.2.4)
_FLAT = frozenset(
    b"area base br col embed hr img input link meta param source track wbr html head body p li dt "
    b"dd option optgroup rt rp thead tbody tfoot tr td th caption colgroup script style".split()
)


def flatten(markup: bytes) -> bytes:
    """The markup without the tags of elements that lie too deep."""
    depth = 0

    def keep(tag: re.Match[bytes]) -> bytes:
        nonlocal depth
        if tag[2].lower() in _FLAT:
            return tag[0]
        closes = bool(tag[1])
        kept = depth <= MAX_DEPTH if closes else depth < MAX_DEPTH
        depth = max(0, depth - 1) if closes else depth + 1
        return tag[0] if kept else b" "

    return _TAG.sub(keep, markup)
