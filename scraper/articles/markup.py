"""The HTML vocabulary: what a body may consist of, and what becomes of the rest.

INLINE maps elements to what they are written as; BLOCKS end a paragraph; SKIPPED elements and all
inside them are no text; EMBEDS become links. Elements named nowhere are looked through.
"""

import nh3

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
INLINE = {
    "strong": "strong",
    "b": "strong",
    "em": "em",
    "i": "em",
    "sup": "sup",
    "sub": "sub",
    "del": "del",
    "s": "del",
    "strike": "del",
    "code": "code",
    "tt": "code",
    "kbd": "code",
}
SKIPPED = frozenset(
    "script style template noscript button input select option textarea svg canvas head meta link "
    "title map dialog progress meter datalist nav".split()
)
EMBEDS = frozenset(("iframe", "embed", "object", "video", "audio"))
BLOCKS = (
    frozenset(
        "address article aside blockquote body center dd details dir div dl dt fieldset figcaption "
        "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu ol p "
        "pre section summary table tbody td tfoot th thead tr ul img picture".split()
    )
    | EMBEDS
)

_TAGS = {
    *"p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code table caption thead tbody tr th td".split(),
    *"a img figure figcaption strong em sup sub del br hr".split(),
}
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}

_AMPERSAND, _STAND_IN = "&amp;", "\U0010fffd"
MANY_AMPERSANDS = 2000  # more than any article has


def sanitise(markup: str) -> str:
    """The markup with nothing but the tags and attributes that a body may have."""
    # html5ever joins a text anew at each `&amp;`: quadratic. Another character stands in for many.
    if markup.count(_AMPERSAND) <= MANY_AMPERSANDS or _STAND_IN in markup:
        return _clean(markup)
    return _clean(markup.replace(_AMPERSAND, _STAND_IN)).replace(_STAND_IN, _AMPERSAND)


def _clean(markup: str) -> str:
    return nh3.clean(
        markup,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https"},
        link_rel=None,
    )
