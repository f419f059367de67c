"""The Grafana dashboard works with the metrics that there are, and leaves none out unknowingly."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from scraper.service.watching.metrics import METRICS, PROCESS_METRICS

DASHBOARD = Path(__file__).parents[2] / "deploy" / "grafana" / "news-scraper.json"
LEFT_OUT = {"process_virtual_memory_bytes", "process_max_fds"}  # say little, alone
KNOWN = {metric.name: metric for metric in (*METRICS, *PROCESS_METRICS)}
TARGET_LABELS = {"instance", "job"}  # that Prometheus adds to all
_METRIC = re.compile(r"\b((?:scraper|process)_\w+)(?:\{([^}]*)\})?")
_SUFFIX = re.compile(r"_(bucket|sum|count)$")


def dashboard() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(DASHBOARD.read_text("utf-8"))
    return parsed


def queries() -> list[str]:
    found = dashboard()
    targets = [t["expr"] for panel in found["panels"] for t in panel.get("targets", [])]
    return targets + [v["definition"] for v in found["templating"]["list"] if "definition" in v]


def named(query: str) -> Iterator[tuple[str, str]]:
    """Each metric of a query, as it is called in METRICS, and its matchers."""
    for name, matchers in _METRIC.findall(query):
        yield (name if name in KNOWN else _SUFFIX.sub("", name)), matchers


@pytest.mark.parametrize("query", queries())
def test_a_query_asks_for_metrics_and_labels_that_exist(query: str) -> None:
    asked = list(named(query))
    assert asked
    allowed = set(TARGET_LABELS)
    for name, matchers in asked:
        assert name in KNOWN, name
        labels = set(KNOWN[name].labels) | TARGET_LABELS
        assert set(re.findall(r"(\w+)\s*=~?", matchers)) <= labels, query
        allowed |= labels | ({"le"} if KNOWN[name].kind == "histogram" else set())
    grouped = ",".join(re.findall(r"\bby \(([^)]*)\)", query))
    assert {label.strip() for label in grouped.split(",") if label.strip()} <= allowed, query
    assert query.count("(") == query.count(")")


@pytest.mark.parametrize("query", queries())
def test_a_counter_is_shown_by_its_rate_and_nothing_else_is(query: str) -> None:
    for name, _ in named(query):
        rated = re.search(rf"(rate|increase)\({name}(_bucket)?\{{[^}}]*\}}\[", query) is not None
        assert rated == (KNOWN[name].kind in ("counter", "histogram")), query


def test_every_metric_is_shown_or_left_out_knowingly() -> None:
    shown = {name for query in queries() for name, _ in named(query)}
    assert shown | LEFT_OUT == KNOWN.keys()
    assert not shown & LEFT_OUT


def test_legends_name_labels_that_are_kept() -> None:
    for panel in dashboard()["panels"]:
        for target in panel.get("targets", []):
            kept = ",".join(re.findall(r"\bby \(([^)]*)\)", target["expr"]))
            for label in re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]):
                assert label in kept, target["expr"]


def test_panels_have_ids_of_their_own_and_do_not_overlap() -> None:
    panels = dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = sorted((p["gridPos"] for p in panels), key=lambda at: (at["y"], at["x"]))
    for before, after in pairwise(places):
        beside = before["y"] + before["h"] <= after["y"] or before["x"] + before["w"] <= after["x"]
        assert beside, after
        assert after["x"] + after["w"] <= 24
