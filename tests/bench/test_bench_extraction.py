"""The comparison of extractors, as far as it goes without the others being installed."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bench.chart import draw
from bench.contest import compete
from bench.editions import EditionCost
from bench.extraction import SETS, GoldPage, Standing, compare, load_pages
from bench.extractors import FLOOR, OURS, REFERENCE
from bench.report import as_markdown, as_text, document, full_table, insert, short_table

SCORED = dict.fromkeys(SETS, 0.75)
STANDINGS = [
    Standing(OURS, "1.0", "6.1", SCORED, SCORED, {"en": 300.0, "zh": 400.0}),
    Standing(REFERENCE, "2.3", "6.1", {**SCORED, "gne": 0.0}, SCORED, {"en": 100.0, "zh": 50.0}, 2),
    Standing(FLOOR, "6.1", "6.1", rate={"en": 900.0, "zh": 1000.0}),
]
COSTS = [EditionCost("first", 300, 80.0, 250.0, 1000.0)]
PARAGRAPHS = (
    "The council of the town agreed on Monday that the old bridge is to be repaired.",
    "Work will begin in spring, when the water is low, and should be finished by the first frost.",
    "Until then, lorries have to take the road through the valley, which is eleven miles longer.",
    "The mayor said that the people who live beside that road deserve a new surface.",
)
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
PAGE = f"<html><title>Bridge</title><body><article><h1>Bridge</h1>{BODY}</article></body></html>"


@pytest.fixture
def gold(shared: Path) -> Path:
    folder = shared / "bench/extraction"
    if not folder.is_dir():
        pytest.skip("the pages with gold text are not in ../shared")
    return folder


def few(folder: Path) -> list[GoldPage]:
    pages = load_pages(folder)
    return [page for name in SETS for page in [p for p in pages if p.set == name][:3]]


def test_this_project_is_scored_and_timed_on_real_pages(gold: Path) -> None:
    ours, floor = compare(gold, few(gold), (FLOOR, OURS), rounds=1)
    assert (ours.name, floor.name) == (OURS, FLOOR)
    assert set(ours.f1) == set(ours.exact) == set(SETS)
    assert all(score > 0.5 for score in ours.f1.values())
    assert floor.f1 == {}
    assert 0 < ours.rate["en"] < floor.rate["en"]


def test_every_round_is_timed_and_the_best_counts() -> None:
    pages = [("https://example.org/2021/11/bridge.html", PAGE.encode())] * 2
    run = compete([OURS], "en", pages, rounds=3)[OURS]
    assert run.texts == ("\n".join(PARAGRAPHS),) * 2
    assert len(run.seconds) == 3
    assert run.rate == 2 / min(run.seconds)


def test_the_table_has_a_cell_for_every_column() -> None:
    table = full_table(STANDINGS)
    assert {len(row) for row in table} == {1 + 2 * len(SETS) + 4}
    assert table[1][-2:] == ("3.0", "8.0")
    assert len({len(line) for line in as_text(table).splitlines()}) == 1


def test_nothing_found_is_told_from_nothing_to_score() -> None:
    _, _, reference, floor = short_table(STANDINGS)
    assert reference[1:5] == ("0.750", "0.750", "0.750", "0.000")
    assert floor[1:5] == ("–",) * 4


def test_without_the_reference_there_is_no_ratio() -> None:
    assert full_table(STANDINGS[:1])[1][-2:] == ("–", "–")


def test_markdown_tables_have_as_many_cells_in_each_line() -> None:
    lines = as_markdown(short_table(STANDINGS)).splitlines()
    assert len({line.count("|") for line in lines}) == 1
    assert set(lines[1]) == set("|-: ")
    assert f"**{OURS}**" in lines[2]


def test_the_document_says_what_it_was_made_with() -> None:
    text = document(STANDINGS, COSTS)
    assert "trafilatura 2.3" in text
    assert f"{REFERENCE} 2" in text
    assert re.search(r"^- \d{4}-\d\d-\d\d; Python 3\.", text, re.MULTILINE)
    assert "| first | 300 | 80 | 250 | 1000 | 0.25 |" in text


def test_the_readme_takes_a_new_table_each_time() -> None:
    readme = "a\n<!-- extraction, written -->\nold\n<!-- /extraction -->\nb\n"
    once = insert(readme, "| new |\n")
    assert once == "a\n<!-- extraction, written -->\n| new |\n<!-- /extraction -->\nb\n"
    assert insert(once, "| new |\n") == once


def test_a_readme_without_its_markers_is_not_touched() -> None:
    with pytest.raises(ValueError, match="markers"):
        insert("a\n", "| new |\n")


def test_the_projects_readme_has_its_markers() -> None:
    readme = Path(__file__).parents[2] / "README.md"
    assert "| new |" in insert(readme.read_text("utf-8"), "| new |\n")


def test_the_chart_is_well_formed_and_shows_every_extractor() -> None:
    image = ET.fromstring(draw(STANDINGS))
    texts = ["".join(node.itertext()) for node in image.iter("{http://www.w3.org/2000/svg}text")]
    dots = list(image.iter("{http://www.w3.org/2000/svg}circle"))
    assert {OURS, REFERENCE, "300", "50"} <= set(texts)
    assert len(dots) == len(SETS) * 3  # the legend, and two extractors with scores
    assert any("900" in text for text in texts)


def test_nothing_in_the_chart_lies_outside_of_it() -> None:
    image = ET.fromstring(draw(STANDINGS))
    _, _, width, height = map(float, image.attrib["viewBox"].split())
    for node in image.iter("{http://www.w3.org/2000/svg}rect"):
        assert 0 <= float(node.attrib["x"]) <= width - float(node.attrib["width"])
        assert 0 <= float(node.attrib["y"]) <= height - float(node.attrib["height"])
