"""Batches of small work for the parsing processes."""

import asyncio
import json
from contextlib import closing

from scraper.errors import PageLimitError
from scraper.service.upkeep.batches import answers, in_batches
from scraper.service.workers import Workers


def test_batches_hold_every_item_once_in_order() -> None:
    assert list(in_batches(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(in_batches([], 2)) == []


def test_answers_keep_their_order_and_only_what_exceeds_its_limits_is_lost() -> None:
    texts = [f"[{number}]" for number in range(40)]
    texts[17] = "[" * 200_000  # nested too deeply for the parser

    async def run() -> list[tuple[str, object]]:
        with closing(Workers(2)) as workers:
            batches = in_batches(texts, 5)
            return [pair async for pairs in answers(workers, json.loads, batches) for pair in pairs]

    found = asyncio.run(run())
    assert [text for text, _ in found] == texts
    assert isinstance(found[17][1], PageLimitError)
    assert [answer for n, (_, answer) in enumerate(found) if n != 17] == [
        [n] for n in range(40) if n != 17
    ]
