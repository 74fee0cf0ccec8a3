"""What is measured when somebody looks: jobs that wait, the queue, signs of life, services, and what rooms add.

A measure that cannot be taken is left out and counted: the others are told all the same.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import structlog
from django.db import close_old_connections, connection
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from legalcity.lib.clock import now
from legalcity.lib.heartbeats import ages
from legalcity.lib.metrics.archive import waiting_segments
from legalcity.lib.metrics.jobs import jobs_waiting, oldest_due
from legalcity.lib.metrics.queues import oldest_message, queue_lengths
from legalcity.lib.readiness import State, readiness
from legalcity.lib.replica import lag_figures

log = structlog.get_logger("legalcity.metrics")

Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Measure:
    """A gauge: its name, what it tells, the name of its one label (empty: it has none), how it is taken."""

    name: str
    about: str
    label: str
    take: Callable[[], Figures]

    def family(self) -> GaugeMetricFamily:
        """The figures of this moment."""
        family = GaugeMetricFamily(self.name, self.about, labels=[self.label] if self.label else None)
        for value, figure in self.take().items():
            family.add_metric([value] if self.label else [], figure)
        return family


def _between_transactions() -> None:
    """Leave connections that have grown old. One that is in a transaction would take that along."""
    if not connection.in_atomic_block:
        close_old_connections()


def _services() -> Figures:
    return {name: float(state is State.OK) for name, state in readiness.states().items() if state is not State.UNUSED}


class Measures(Collector):
    """All of them, in the form in which they are scraped."""

    def __init__(self) -> None:
        self._measures = [
            Measure("legalcity_up", "Whether a service is there (1) or away (0).", "service", _services),
            Measure("legalcity_jobs_waiting", "Rows of a job table that are still to be done.", "job", jobs_waiting),
            Measure(
                "legalcity_job_oldest_due_seconds",
                "For how long the oldest row of a job table has been due, without anybody at work on it.",
                "job",
                lambda: oldest_due(now()),
            ),
            Measure("legalcity_queue_messages", "Messages that wait in a queue.", "queue", queue_lengths),
            Measure("legalcity_queue_oldest_seconds", "Age of the oldest message.", "queue", oldest_message),
            Measure("legalcity_replica_lag_seconds", "How far the replica is behind.", "", lag_figures),
            Measure(
                "legalcity_archive_waiting_segments",
                "Segments of the database's log of writes that are finished and not in its archive yet.",
                "",
                waiting_segments,
            ),
            Measure("legalcity_heartbeat_age_seconds", "Time since the last sign of life.", "process", ages),
        ]

    def register(self, measure: Measure) -> None:
        """Add what a room measures."""
        self._measures.append(measure)

    def names(self) -> list[str]:
        """The names of all gauges."""
        return [measure.name for measure in self._measures] + ["legalcity_measures_missing"]

    def collect(self) -> Iterator[Metric]:
        """Take all of them."""
        _between_transactions()
        missing = 0
        try:
            for measure in list(self._measures):
                try:
                    yield measure.family()
                except Exception as error:  # Each asks a service of its own, with its own family of errors.
                    missing += 1
                    log.warning("measure_missing", measure=measure.name, error=type(error).__name__)
        finally:
            _between_transactions()
        told = GaugeMetricFamily("legalcity_measures_missing", "Gauges that could not be taken this time.")
        told.add_metric([], missing)
        yield told


measures = Measures()
