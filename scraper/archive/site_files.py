"""The files by which Jekyll makes a site of the archive: written where they are absent, once.

They are their owner's from then on, and no part of what is proven: nothing of the archive is in
them.
"""

from importlib.resources import files
from typing import Final

from scraper.archive.store import Store

SITE_FILES: Final = (
    "_config.yml",
    "_layouts/default.html",
    "_layouts/post.html",
    "_plugins/commonmark.rb",
    "index.html",
)


def write_site_files(store: Store) -> list[str]:
    """Write those that are absent; gives their paths. Raises ArchiveError."""
    absent = [path for path in SITE_FILES if not store.exists(path)]
    folder = files("scraper.archive") / "site"
    store.write([(path, (folder / path).read_text("utf-8")) for path in absent])
    return absent
