"""What kind of document a text is, by its first element (XML 1.0 §2.8: a prolog may precede it)."""

import re

_MARKUP = re.compile(
    r"<!--.*?-->|<\?.*?\?>|<![^\[>]*(?:\[.*?\]\s*)?>|<([A-Za-z][\w.:-]*)", re.DOTALL
)
_FEED = re.compile(r"<(?:\w+:)?(rss|rdf|feed|channel|urlset|sitemapindex)\b", re.IGNORECASE)
_HTML = frozenset("html head body".split())
HEAD = 8192  # characters to look at


def name_root(text: str) -> str:
    """The local name of a text's first element, in lower case; '' where there is none near.

    Text before a feed is forgiven, as when a server prints a warning first.
    """
    head = text[:HEAD]
    first = next((found[1] for found in _MARKUP.finditer(head) if found[1]), "")
    name = first.rpartition(":")[2].lower()
    if name in _HTML or not (late := _FEED.search(head)):
        return name
    return late[1].lower()
