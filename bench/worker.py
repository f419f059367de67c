"""One extractor in a process of its own, reading the same pages as often as it is asked to.

Usage: worker.py EXTRACTOR LANGUAGE. Standard input: a pickle of (address, bytes) of every page,
then a line for each round. Standard output: one JSON line when warmed up, one a round with its CPU
seconds, and after the end of the input one with the texts. Runs with either environment's Python.
"""

import gc
import json
import logging
import pickle
import sys
import time
from importlib.metadata import version

from bench.extractors import EXTRACTORS, Read, decode

WARM_UP_PAGES = 5


def refuse_network(event: str, _arguments: tuple[object, ...]) -> None:
    """An audit hook: whatever would download something is told that there is no network."""
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise ConnectionRefusedError("there is no network in a measurement")


def read_or_nothing(read: Read, url: str, page: bytes | str) -> str | None:
    """The text; None where the extractor fails, which is what its user would have of the page."""
    try:
        return read(url, page)
    except Exception:  # noqa: BLE001  # other people's code, which may raise anything
        return None


def main() -> None:
    """Warm up, then a round for every line."""
    sys.addaudithook(refuse_network)
    logging.disable(logging.CRITICAL)
    extractor, language = EXTRACTORS[sys.argv[1]], sys.argv[2]
    received: list[tuple[str, bytes]] = pickle.load(sys.stdin.buffer)
    pages = [(url, decode(body) if extractor.decoded else body) for url, body in received]
    read = extractor.build(language)
    texts = [read_or_nothing(read, *page) for page in pages[:WARM_UP_PAGES]]
    versions = {"version": version(extractor.package), "lxml": version("lxml")}
    print(json.dumps(versions), flush=True)
    for _line in sys.stdin.buffer:
        gc.collect()
        start = time.process_time()
        texts = [read_or_nothing(read, *page) for page in pages]
        print(json.dumps(time.process_time() - start), flush=True)
    print(json.dumps(texts))


if __name__ == "__main__":
    main()
