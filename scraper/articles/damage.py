"""Characters that could not be read, here or wherever the page was made.

They stand as U+FFFD, the replacement character (Unicode §3.9): a few leave a text worth keeping,
many mean that its bytes were lost or taken for another charset.
"""

from scraper.model import Article
from scraper.protocol.charset import TOLERATED

_REPLACEMENT = "\ufffd"
_FEW = 200  # one in so many of all: an English text with one broken quotation mark reads well


def damage_of(article: Article) -> str:
    """What is missing from title and text, in words; '' where nothing is."""
    count = _said(article).count(_REPLACEMENT)
    return f"{count:,} character{'s' * (count > 1)} could not be read (U+FFFD)" if count else ""


def is_spoilt(article: Article) -> bool:
    """Whether so much is missing that a person should look.

    That is more than one character in 50 of those beyond ASCII, as when charsets are told apart,
    and more than one in 200 of all.
    """
    said = _said(article)
    count = said.count(_REPLACEMENT)
    beyond_ascii = len(said) - len(said.encode("ascii", "ignore"))
    return count * TOLERATED > beyond_ascii and count * _FEW > len(said)


def _said(article: Article) -> str:
    return f"{article.title}\n{article.text}"
