"""What Prometheus reads, read back with its own parser."""

from prometheus_client.parser import text_string_to_metric_families

from memorata.adapters.metrics import Metrics
from memorata.adapters.security_log import CountedSecurityLog
from memorata.services.meters import Meters
from memorata.services.ports import StoreBusy
from tests.fakes import FakeSecurityLog


def read(metrics: Metrics) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
    }


def test_counts_and_spreads_are_told_in_seconds() -> None:
    meters = Meters()
    meters.joins = 3
    meters.commands["granted"] += 2
    meters.clock_bound_ms.note(1.5)
    meters.clock_bound_ms.note(400)
    found = read(Metrics(meters))
    assert found["memorata_joins_total", ()] == 3
    assert found["memorata_commands_total", (("outcome", "granted"),)] == 2
    assert found["memorata_commands_total", (("outcome", "defect"),)] == 0
    assert found["memorata_clock_bound_seconds_bucket", (("le", "0.001"),)] == 0
    assert found["memorata_clock_bound_seconds_bucket", (("le", "0.002"),)] == 1
    assert found["memorata_clock_bound_seconds_bucket", (("le", "0.25"),)] == 1
    assert found["memorata_clock_bound_seconds_bucket", (("le", "+Inf"),)] == 2
    assert abs(found["memorata_clock_bound_seconds_sum", ()] - 0.4015) < 1e-9
    assert found["memorata_clock_bound_peak_seconds", ()] == 0.4
    assert found["process_resident_memory_bytes", ()] > 1e6


def test_a_gauge_is_asked_at_each_look_and_left_out_while_the_store_is_busy() -> None:
    metrics, store = Metrics(Meters()), {"lag": 4.0}

    def lag() -> float:
        if not store:
            raise StoreBusy("away")
        return store["lag"]

    metrics.gauge("memorata_seq_behind", "Behind.", lag)
    metrics.gauge("memorata_step_seats", "Step.", lambda: {"ms5": 2.0, "unknown": 1.0}, label="step")
    assert read(metrics)["memorata_seq_behind", ()] == 4
    store["lag"] = 0
    assert read(metrics)["memorata_seq_behind", ()] == 0
    store.clear()
    found = read(metrics)
    assert ("memorata_seq_behind", ()) not in found
    assert found["memorata_step_seats", (("step", "ms5"),)] == 2


def test_no_fact_but_a_code_of_ours_becomes_a_label() -> None:
    meters, inner = Meters(), FakeSecurityLog()
    log = CountedSecurityLog(inner, meters.notes)
    log.note("join.refused", address="203.0.113.7", code="link.unknown")
    log.note("join.refused", address="203.0.113.7", code="Vera Ivanova")
    log.note("flood.cut", address="203.0.113.7", kind="slow_reader")
    assert meters.notes == {("join.refused", "link.unknown"): 1, ("join.refused", ""): 1, ("flood.cut", ""): 1}
    text = Metrics(meters).text().decode()
    assert "Vera" not in text
    assert "203.0.113" not in text
    assert "memorata_refusals_total 2" in text
    assert len(inner.noted) == 3
