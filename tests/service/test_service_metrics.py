"""Every metric is written as Prometheus reads it; nothing that a site says makes more of them."""

from datetime import UTC, datetime, timedelta

from prometheus_client.parser import text_string_to_metric_families

from scraper.model import ArticleEvent, SourceEvent
from scraper.protocol.conditions import Condition
from scraper.service.watching.exposition import render
from scraper.service.watching.figures import MOST_SOURCES, Figures
from scraper.service.watching.glance import Glance
from scraper.service.watching.metrics import METRICS, PROCESS_METRICS, Snapshot
from scraper.state.overview import Queue
from scraper.state.sources import SourceRecord

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def snapshot(figures: Figures, *records: SourceRecord) -> Snapshot:
    glance = Glance(
        NOW,
        records={record.name: record for record in records},
        articles={"archived": 7, "quarantined": 2},
        queue=Queue(3, 4, 5),
        disk_free=1000,
        disk_size=9000,
        wrong=(Condition("source:world:failing", "failing", "world", "world fails", "HTTP 500"),),
    )
    return Snapshot(figures.read(), glance, figures.label, 1, is_ready=True, pulse_age=2.0)


def samples(text: bytes) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def busy() -> Figures:
    """Figures with something of everything."""
    figures = Figures()
    figures.event(SourceEvent("china", "changed"))
    late = timedelta(minutes=5)
    figures.event(ArticleEvent("archived", "a", "https://a/", source="china", late=late))
    figures.stage("write", 0.02)
    figures.worker("killed")
    figures.loop_late(0.3)
    figures.tasks(12)
    return figures


def test_every_metric_is_written_with_its_kind_and_meaning() -> None:
    text, media_type = render(snapshot(busy(), SourceRecord("china", last_success=NOW)))
    assert media_type.startswith("text/plain; version=")
    families = {family.name: family for family in text_string_to_metric_families(text.decode())}
    for metric in (*METRICS, *PROCESS_METRICS):
        family = families.pop(metric.name.removesuffix("_total"))
        assert family.type == metric.kind, metric.name
    assert not families  # nothing is written that is not documented


def test_values_are_those_that_were_counted() -> None:
    up = SourceRecord("china", outcome="changed", last_success=NOW)
    down = SourceRecord("world", outcome="failed", reason="HTTP 500", failures=3)
    found = samples(render(snapshot(busy(), up, down))[0])
    china, world = (("source", "china"),), (("source", "world"),)
    assert found["scraper_polls_total", (("outcome", "changed"), *china)] == 1
    assert found["scraper_source_up", china] == 1
    assert found["scraper_source_up", world] == 0
    assert found["scraper_source_degraded", world] == 1
    assert found["scraper_source_degraded", china] == 0
    assert found["scraper_conditions", (("severity", "warning"),)] == 1
    assert found["scraper_conditions", (("severity", "critical"),)] == 0
    assert found["scraper_source_failures", world] == 3
    assert found["scraper_source_last_success_timestamp_seconds", china] == NOW.timestamp()
    assert ("scraper_source_last_success_timestamp_seconds", world) not in found
    assert found["scraper_queue_articles", (("state", "deferred"),)] == 4
    assert found["scraper_articles", (("status", "quarantined"),)] == 2
    assert found["scraper_disk_free_bytes", ()] == 1000
    assert found["scraper_workers_ended_total", (("how", "killed"),)] == 1
    assert found["scraper_workers_ended_total", (("how", "died"),)] == 0
    assert found["scraper_sources", (("condition", "failing"),)] == 1


def test_a_histogram_is_cumulative() -> None:
    found = samples(render(snapshot(busy()))[0])
    name = "scraper_archiving_lag_seconds"
    assert found[f"{name}_bucket", (("le", "120"),)] == 0
    assert found[f"{name}_bucket", (("le", "300"),)] == 1
    assert found[f"{name}_bucket", (("le", "+Inf"),)] == found[f"{name}_count", ()] == 1
    assert found[f"{name}_sum", ()] == 300


def test_without_a_look_at_the_state_the_rest_is_told() -> None:
    figures = busy()
    blind = Snapshot(figures.read(), None, figures.label, 0, is_ready=False, pulse_age=99.0)
    found = samples(render(blind)[0])
    assert found["scraper_ready", ()] == 0
    assert found["scraper_heartbeat_age_seconds", ()] == 99
    assert ("scraper_disk_free_bytes", ()) not in found


def test_a_thousand_sources_make_no_more_series_than_the_bound() -> None:
    figures = Figures()
    records = [SourceRecord(f"s{n}", outcome="failed", failures=1) for n in range(1000)]
    for record in records:
        figures.event(SourceEvent(record.name, "failed"))
    found = samples(render(snapshot(figures, *records))[0])
    labels = {dict(labels).get("source") for _, labels in found}
    assert len(labels - {None}) == MOST_SOURCES + 1
    assert found["scraper_polls_total", (("outcome", "failed"), ("source", "other"))] == 500
    assert ("scraper_source_up", (("source", "other"),)) not in found
    assert found["scraper_sources", (("condition", "failing"),)] == 1000


def test_what_a_server_says_is_no_label() -> None:
    text = render(snapshot(busy(), SourceRecord("china", reason="https://secret.example/?key=x")))
    assert b"://" not in text[0]
