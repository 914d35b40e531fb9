"""``/metrics`` for Prometheus and ``/readyz``: what the case book says, the same from every process.

Gauges are read from the case book when they are asked for, so that several web processes and nodes show
one truth; only calls to helpdesks and refusals are counted by the process that is asked. No label holds
anything of a ticket.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from plugin.casebook.database import Database
from plugin.casebook.lateness import Lateness
from plugin.casebook.soundness import clock_difference
from plugin.casebook.watch import Health, health, held, newest_delivery
from plugin.desk.counted import CALLS, RETRIES, SECONDS
from plugin.errors import StoreError
from plugin.web.answers import failure
from plugin.web.hooks import RETRY_AFTER, Refusals

GAUGES: Mapping[str, tuple[str, Callable[[Health], float]]] = {
    "paidan_cases": ("Tickets known", lambda h: h.cases),
    "paidan_cases_due": ("Cases that wait to be moved", lambda h: h.due),
    "paidan_lag_seconds": ("How long the longest-waiting due case has waited", lambda h: h.lag),
    "paidan_clock_lag_seconds": ("How late the latest clock is looked at", lambda h: h.timers_lag),
    "paidan_cases_stuck": ("Cases claimed long ago and not moved", lambda h: h.stuck),
    "paidan_writes_unknown": ("Writes whose outcome is still to be read", lambda h: h.unknown),
    "paidan_dead_letters": ("Writes given up, for a person to look at", lambda h: h.dead),
    "paidan_cases_failing": ("Cases tried again and again without success", lambda h: h.failing),
    "paidan_deliveries_unreadable": ("Deliveries no ticket could be told from", lambda h: h.unreadable),
    "paidan_clocks_overdue": ("Limits missed and still running", lambda h: h.overdue),
    "paidan_messages_waiting": ("Messages to people that wait", lambda h: h.messages),
    "paidan_desks_clock_held": (
        "Desks to which nothing is written because the time cannot be believed",
        lambda h: len(h.clock_held),
    ),
    "paidan_messages_unsent": (
        "Messages that could not be sent, or that nobody could be found for",
        lambda h: h.unsent,
    ),
}
COUNTERS: Mapping[str, tuple[str, Callable[[Health], float]]] = {
    "paidan_effects_doubled": ("Effects found twice in a helpdesk", lambda h: h.doubled),
    "paidan_events_missed": ("Changes no webhook told of, found by looking", lambda h: h.missed),
}


class CaseBookCollector:
    """The case book as Prometheus metrics."""

    def __init__(
        self, database: Database, refusals: Refusals, coverage: Callable[[], Mapping[str, date]]
    ) -> None:
        """``coverage``: calendar → the last day its holidays are known for."""
        self._database = database
        self._refusals = refusals
        self._coverage = coverage
        self._lateness = Lateness(database)

    def collect(self) -> Iterator[Metric]:
        """Raises ``StoreError`` where the case book cannot be asked."""
        found = health(self._database)
        for name, (told, value) in GAUGES.items():
            yield GaugeMetricFamily(name, told, value=value(found))
        for name, (told, value) in COUNTERS.items():
            yield CounterMetricFamily(name, told, value=value(found))
        yield CounterMetricFamily(
            "paidan_deliveries", "Deliveries accepted", value=newest_delivery(self._database)
        )
        yield GaugeMetricFamily(
            "paidan_database_clock_ahead_seconds",
            "How far the database's clock is ahead of the clock of the machine that is asked",
            value=clock_difference(self._database),
        )
        yield self._late()
        yield self._off(found)
        yield self._unfit(found)
        yield self._holds()
        yield self._refused()
        yield self._covered()

    def _late(self) -> Metric:
        counted, seconds = self._lateness()
        metric = HistogramMetricFamily(
            "paidan_clock_late_seconds", "How long after it fell due a warning or step was fired"
        )
        metric.add_metric([], counted, seconds)
        return metric

    def _off(self, found: Health) -> Metric:
        metric = GaugeMetricFamily(
            "paidan_desk_clock_off_seconds",
            "By how much the clock is off of whoever holds the desk back; above 0, ahead",
            labels=["desk"],
        )
        for each in found.clock_held:
            metric.add_metric([each.desk], each.seconds)
        return metric

    def _unfit(self, found: Health) -> Metric:
        metric = GaugeMetricFamily(
            "paidan_desk_findings",
            "What the last look at a desk found wrong with its address, token, names and webhooks",
            labels=["desk", "severity"],
        )
        for each in found.checkups:
            metric.add_metric([each.desk, "error"], each.errors)
            metric.add_metric([each.desk, "warning"], each.warnings)
        return metric

    def _holds(self) -> Metric:
        metric = GaugeMetricFamily(
            "paidan_desk_held_seconds", "For how long nothing is asked of a desk", labels=["desk"]
        )
        for desk, seconds in held(self._database).items():
            metric.add_metric([desk], seconds)
        return metric

    def _refused(self) -> Metric:
        metric = CounterMetricFamily(
            "paidan_deliveries_refused", "Deliveries refused by this process", labels=["code"]
        )
        for code, count in self._refusals.counts.items():
            metric.add_metric([code], count)
        return metric

    def _covered(self) -> Metric:
        metric = GaugeMetricFamily(
            "paidan_calendar_covered_until_seconds",
            "The last day (start of it, UTC) a calendar's holidays are known for",
            labels=["calendar"],
        )
        for name, day in self._coverage().items():
            metric.add_metric([name], (day - date(1970, 1, 1)).days * 86_400.0)
        return metric


def metrics_pages(collector: CaseBookCollector, is_ready: Callable[[], str]) -> Blueprint:
    """``/metrics`` and ``/readyz``; ``is_ready`` says why not, or nothing."""
    pages = Blueprint("metrics", __name__)
    registry = CollectorRegistry(auto_describe=False)
    for each in (CALLS, RETRIES, SECONDS):
        registry.register(each)
    registry.register(collector)

    @pages.get("/metrics")
    def metrics() -> Response:
        try:
            return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
        except StoreError:
            return failure(503, retry_after=RETRY_AFTER)

    @pages.get("/readyz")
    def readyz() -> Response:
        why_not = is_ready()
        answer = jsonify(ok=not why_not, why=why_not)
        answer.status_code = 503 if why_not else 200
        return answer

    return pages
