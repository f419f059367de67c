"""The metrics as Prometheus reads them, by prometheus-client.

The text format is https://prometheus.io/docs/instrumenting/exposition_formats/. A registry of our
own for each scrape: nothing but what is meant to be told is in it.
"""

from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.core import Metric as Family
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from scraper.service.watching.figures import Histogram, Labels
from scraper.service.watching.metrics import (
    METRICS,
    Metric,
    Snapshot,
    Values,
    histograms_of,
    values,
)


def render(snapshot: Snapshot) -> tuple[bytes, str]:
    """The text of all metrics, and its media type."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(snapshot))
    ProcessCollector(registry=registry)
    return generate_latest(registry), CONTENT_TYPE_LATEST


class _Collector:
    """What prometheus-client asks for the metrics of one scrape."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def collect(self) -> Iterator[Family]:
        singles, histograms = values(self._snapshot), histograms_of(self._snapshot.reading)
        for metric in METRICS:
            if metric.kind == "histogram":
                yield _histogram(metric, histograms[metric.name])
            else:
                yield _family(metric, singles.get(metric.name, {}))

    def describe(self) -> Iterable[Family]:
        return ()


def _family(metric: Metric, found: Values) -> Family:
    kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    family = kind(metric.name, metric.meaning, labels=metric.labels)
    for labels, value in found.items():
        family.add_metric(labels, value)
    return family


def _histogram(metric: Metric, found: Mapping[Labels, Histogram]) -> Family:
    family = HistogramMetricFamily(metric.name, metric.meaning, labels=metric.labels)
    for labels, histogram in found.items():
        family.add_metric(labels, _buckets(histogram), histogram.total)
    return family


def _buckets(histogram: Histogram) -> list[tuple[str, float]]:
    """Cumulative counts by their upper bound."""
    buckets, so_far = [], 0
    bounds = [*(f"{bound:g}" for bound in histogram.bounds), "+Inf"]
    for bound, count in zip(bounds, histogram.counts, strict=True):
        so_far += count
        buckets.append((bound, float(so_far)))
    return buckets
