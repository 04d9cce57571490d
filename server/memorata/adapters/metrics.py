"""The numbers of this process in the form that Prometheus reads: counts as they stand, gauges asked for at each look.

What a number is called and means stands here, in docs/operate.md ("Watching over it") and nowhere else.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from memorata.services.meters import Meters, Spread
from memorata.services.ports import StoreBusy

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Read = Callable[[], float | Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class _Gauge:
    says: str
    read: Read
    label: str


class Metrics(Collector):
    """`text` is all of it. A gauge that needs the store is left out while the store does not answer."""

    def __init__(self, meters: Meters) -> None:
        self._meters = meters
        self._gauges: dict[str, _Gauge] = {}
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def gauge(self, name: str, says: str, read: Read, label: str = "") -> None:
        """Args: read: one number, or with a `label` one for each of its few values; may raise StoreBusy."""
        self._gauges[name] = _Gauge(says, read, label)

    def text(self) -> bytes:
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        meters = self._meters
        yield _count("memorata_joins", "Lines let into a ceremony, those that came back too.", meters.joins)
        notes = CounterMetricFamily(
            "memorata_security_notes",
            "What the security log was told, by its word and the code of the refusal.",
            labels=("what", "code"),
        )
        for (what, code), count in sorted(meters.notes.items()):
            notes.add_metric((what, code), count)
        yield notes
        yield _count(
            "memorata_refusals",
            "Those who were turned away at the door.",
            sum(count for (what, _), count in meters.notes.items() if what == "join.refused"),
        )
        commands = CounterMetricFamily("memorata_commands", "Commands, by how they ended.", labels=("outcome",))
        for outcome in ("granted", "refused", "busy", "defect"):
            commands.add_metric((outcome,), meters.commands[outcome])
        yield commands
        yield _count("memorata_store_busy", "Units of work that the store could not do.", meters.store_busy)
        yield from _spread("memorata_command_seconds", "From the command to its answer.", meters.command_s)
        yield from _spread("memorata_store_seconds", "Units of work of the store, waiting included.", meters.store_s)
        yield from _spread("memorata_loop_gap_seconds", "How late a sleeper got its turn.", meters.loop_gap_s)
        yield from _spread(
            "memorata_delivery_seconds",
            "The longest that a message was on its way to a page, at each report.",
            meters.delivery_ms,
            0.001,
        )
        yield from _spread(
            "memorata_clock_bound_seconds",
            "How far off pages say that their step may be, at each report.",
            meters.clock_bound_ms,
            0.001,
        )
        yield _count("memorata_clock_unknown", "Reports of pages that did not know their step.", meters.clock_unknown)
        for name, gauge in self._gauges.items():
            try:
                found = gauge.read()
            except StoreBusy:
                continue
            family = GaugeMetricFamily(name, gauge.says, labels=(gauge.label,) if gauge.label else ())
            if isinstance(found, Mapping):
                for value, number in found.items():
                    family.add_metric((value,), number)
            else:
                family.add_metric((), found)
            yield family


def _count(name: str, says: str, value: int) -> Metric:
    return CounterMetricFamily(name, says, value=value)


def _spread(name: str, says: str, spread: Spread, unit_s: float = 1) -> Iterator[Metric]:
    """A histogram, and the largest value of the last minute, which no histogram tells. Args: unit_s: of the values."""
    counts, upto = list(spread.counts), 0
    buckets: list[tuple[str, float]] = []
    for bound, count in zip((*spread.bounds, float("inf")), counts, strict=True):
        upto += count
        buckets.append(("+Inf" if bound == float("inf") else str(round(bound * unit_s, 9)), upto))
    family = HistogramMetricFamily(name, says)
    family.add_metric((), buckets, sum_value=spread.total * unit_s)
    yield family
    peak = name.removesuffix("_seconds") + "_peak_seconds"
    yield GaugeMetricFamily(peak, f"The largest of the last minute. {says}", value=spread.peak * unit_s)
