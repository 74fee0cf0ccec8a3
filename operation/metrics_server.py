"""The process that shows the figures: those that processes of this machine counted, and those of the moment."""

from collections.abc import Iterator
from pathlib import Path
from threading import Lock

from django.conf import settings
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from legalcity.lib.metrics.measures import measures


class OneAtATime(Collector):
    """Two who look at once do not ask the database twice at once."""

    def __init__(self, collector: Collector) -> None:
        self._collector, self._lock = collector, Lock()

    def collect(self) -> Iterator[Metric]:
        """What the collector gives."""
        with self._lock:
            yield from self._collector.collect()


def figures() -> CollectorRegistry:
    """Everything that `/metrics` shows."""
    registry = CollectorRegistry()
    registry.register(OneAtATime(measures))
    if settings.METRICS_DIR:
        folder = Path(settings.METRICS_DIR)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        MultiProcessCollector(registry, path=str(folder))
    return registry
