"""The naive pipeline to compare with: httpx → readability-lxml → html2text → file.

No robots.txt, no politeness, no limits, no dates, no durable writes: the least that can be called
a news scraper. Usage: naive.py BASE_URL FOLDER, with the paths to fetch on standard input.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import html2text
import httpx
from readability import Document


def archive(client: httpx.Client, path: str, folder: Path) -> None:
    """Fetch one story and write its Markdown."""
    page = client.get(path).text
    document = Document(page)
    markdown = html2text.html2text(document.summary())
    text = f"# {document.short_title()}\n\n{markdown}"
    (folder / f"{path.rsplit('/', 1)[-1]}.md").write_text(text, "utf-8")


def main() -> None:
    """Archive every path on standard input."""
    base, folder = sys.argv[1], Path(sys.argv[2])
    paths = sys.stdin.read().split()
    with httpx.Client(base_url=base) as client, ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda path: archive(client, path, folder), paths))
    print(len(paths))


if __name__ == "__main__":
    main()
