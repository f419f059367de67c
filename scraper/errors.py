"""Every error that this program raises on purpose.

    ScraperError
    ├── ConfigurationError   the configuration or the call is wrong; nothing was fetched (exit 2)
    ├── ArchiveBusyError          another process is writing this archive (exit 3)
    ├── ArchiveError         the archive cannot be read or written (exit 4)
    │   └── NotTextError          a file in it is not UTF-8
    ├── FetchError           an exchange over the network failed
    ├── TimestampError       there is no timestamp, or it cannot be read
    ├── FeedError            an answer is no feed, list or sitemap
    ├── PageError            a page could not be parsed
    │   └── PageLimitError        it needed more time or memory than one page may have
    ├── DocumentError        a Markdown file is not one of ours
    └── UnknownArticleError       the archive has no such article, or no such version of it

Each message says what happened, to which URL, key or path, and what can be done; it is shown to the
user as it is. Outcomes that belong to the trade (a page is gone, robots.txt says no, a page is not
an article) are values in `model.py`, not errors.
"""

from dataclasses import dataclass


class ScraperError(Exception):
    """The root of the tree."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong in a configuration: where, what was found, what is expected."""

    file: str
    key: str
    found: str
    expected: str

    def __str__(self) -> str:
        where = f"{self.file}: {self.key}" if self.key else self.file
        found = f"found {self.found}, " if self.found else ""
        return f"{where}: {found}expected {self.expected}"


class ConfigurationError(ScraperError):
    """The configuration, or the call, is wrong; carries every mistake that was found."""

    def __init__(self, message: str, mistakes: tuple[Mistake, ...] = ()) -> None:
        super().__init__("\n".join([message, *(f"  {mistake}" for mistake in mistakes)]))
        self.mistakes = mistakes


class ArchiveBusyError(ScraperError):
    """Another process holds the archive's lock."""


class ArchiveError(ScraperError):
    """The archive cannot be read or written: disk full, read-only, no permission, damaged."""


class NotTextError(ArchiveError):
    """A file of the archive is not UTF-8: damaged, or saved by its owner in another encoding."""


class FetchError(ScraperError):
    """An exchange failed; `passing` says whether the same request may succeed later."""

    def __init__(self, message: str, *, passing: bool = True) -> None:
        super().__init__(message)
        self.passing = passing


class TimestampError(ScraperError):
    """What a time-stamping authority answered is no timestamp of what was asked about."""


class FeedError(ScraperError):
    """An answer that should list articles does not."""


class PageError(ScraperError):
    """A page that cannot be parsed."""


class PageLimitError(PageError):
    """Reading a page takes more time or memory than one page may have; says which, and no URL."""


class DocumentError(ScraperError):
    """A Markdown file that is not laid out like a document of the archive."""


class UnknownArticleError(ScraperError):
    """What was asked for is not in the archive: an article, or a version of one."""
