"""`/metrics`: the figures of the database and of this process, in Prometheus' text format."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harvester import __version__
from harvester.store.metrics import Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class Traffic:
    """Middleware that counts what this process answers, and how long it takes."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry) -> None:
        self._app = app
        self._answers = Counter(
            "harvester_http_requests", "Requests answered by this process.", ["method", "status"], registry=registry
        )
        self._seconds = Histogram(
            "harvester_http_request_duration_seconds", "From the request to the end of its answer.", ["method"],
            buckets=_SECONDS, registry=registry,
        )  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in _METHODS else "other"
        status, begun = 500, time.perf_counter()

        async def counted_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, counted_send)
        finally:
            self._answers.labels(method, str(status)).inc()
            self._seconds.labels(method).observe(time.perf_counter() - begun)


def process_registry() -> CollectorRegistry:
    """A registry with the figures of this process: memory, processor time, open files."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    return registry


def exposition(registry: CollectorRegistry, metrics: Iterable[Metric]) -> bytes:
    """The figures of this process, then those of the database."""
    stored = CollectorRegistry()
    stored.register(_Stored(metrics))
    return generate_latest(registry) + generate_latest(stored)


class _Stored(Collector):
    """Hands figures that were read already to the writer of the format."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[CounterMetricFamily | GaugeMetricFamily]:
        build = GaugeMetricFamily("harvester_build_info", "The version that runs.", labels=["version"])
        build.add_metric([__version__], 1)
        yield build
        for each in self._metrics:
            family = CounterMetricFamily if each.kind == "counter" else GaugeMetricFamily
            made = family(each.name, each.help, labels=each.labels)
            for labels, value in each.samples:
                made.add_metric(labels, value)
            yield made
