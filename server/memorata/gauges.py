"""Which gauges there are, and what has to be right for people to be sent here: asked of the services that know it."""

from typing import TYPE_CHECKING

from memorata.adapters.http.health import STALE_MS
from memorata.domain.lead import lead_ms
from memorata.domain.state import phase_of
from memorata.services.ports import StoreBusy

if TYPE_CHECKING:
    from memorata.bootstrap import Services


def register(services: "Services") -> None:
    """To be called once, when all services are built."""
    _readiness(services)
    _lines(services)
    _ceremonies(services)
    _leads(services)
    _store(services)


def _readiness(services: "Services") -> None:
    clock, conductor, readiness = services.clock, services.conductor, services.readiness

    def answers() -> bool:
        try:
            with services.database.reading() as connection:
                connection.exec_driver_sql("SELECT 1")
        except StoreBusy:
            return False
        return True

    readiness.needs("store", answers)
    readiness.needs("cues", lambda: clock.now_ms() - conductor.scanned_ms < STALE_MS)
    if services.settings.redis_url:
        _redis(services)
    gauge = services.metrics.gauge
    gauge("memorata_draining", "1 while nobody new is sent here.", lambda: float(readiness.draining))
    gauge(
        "memorata_cues_age_seconds",
        "Since cues were last looked for.",
        lambda: (clock.now_ms() - conductor.scanned_ms) / 1000 if conductor.scanned_ms else 0.0,
    )


def _redis(services: "Services") -> None:
    """Whoever has never heard the others is not ready. Who has, stays so when Redis goes: then the log is read instead,
    and all workers would be found wanting at once.
    """
    bus, gauge = services.bus, services.metrics.gauge
    services.readiness.needs("redis", lambda: bus.connected or bus.returns >= 0)
    gauge("memorata_redis_connected", "1 while this worker hears the others by Redis.", lambda: float(bus.connected))
    gauge("memorata_stage_kept", "1 at the worker that keeps the stage.", lambda: float(services.keeping.mine))
    gauge("memorata_redis_returns", "Lines to Redis made anew.", lambda: max(0, bus.returns))


def _lines(services: "Services") -> None:
    publisher, gauge = services.publisher, services.metrics.gauge
    gauge("memorata_sockets_open", "Lines open to pages.", publisher.clients)
    gauge("memorata_pressure", "What is told less often: 0 nothing to 3 no counts.", lambda: services.pressure.level)
    gauge("memorata_outgoing_largest", "Messages that wait on the fullest line.", lambda: publisher.queued()[0])
    gauge("memorata_outgoing_total", "Messages that wait on all lines.", lambda: publisher.queued()[1])


def _ceremonies(services: "Services") -> None:
    ceremonies, presence, clock, gauge = services.ceremonies, services.presence, services.clock, services.metrics.gauge

    def phases() -> dict[str, int]:
        now_ms, found = clock.now_ms(), {"live": 0, "silence": 0}
        for state in ceremonies.known():
            phase = "" if state.programme is None else phase_of(state, now_ms)
            found["live"] += phase in ("live", "silence")
            found["silence"] += phase == "silence"
        return found

    def steps() -> dict[str, int]:
        found = {"ms5": 0, "ms20": 0, "unknown": 0, "soundless": 0, "away": 0}
        for ceremony_id in presence.ceremonies():
            sync = presence.totals(ceremony_id).sync
            for name in found:
                found[name] += getattr(sync, name)
        return found

    gauge("memorata_ceremonies_live", "Ceremonies being held.", lambda: phases()["live"])
    gauge("memorata_silences", "Silences in progress.", lambda: phases()["silence"])
    gauge(
        "memorata_seats",
        "Seats taken.",
        lambda: sum(presence.totals(ceremony_id).seats for ceremony_id in presence.ceremonies()),
    )
    gauge("memorata_seats_waited_for", "People who watch until there is a seat.", services.seating.all_waiting)
    gauge("memorata_step_seats", "Seats of the audience by how well they keep the step.", steps, label="step")


def _leads(services: "Services") -> None:
    lags, gauge = services.lags, services.metrics.gauge
    gauge(
        "memorata_delivery_p99_seconds",
        "Within what time news reaches all but the slowest hundredth, in the ceremony where it takes longest.",
        lambda: lags.longest() / 1000,
    )
    gauge(
        "memorata_lead_seconds",
        "How far ahead instants are announced there.",
        lambda: lead_ms(lags.longest()) / 1000,
    )


def _store(services: "Services") -> None:
    gauge, clock = services.metrics.gauge, services.clock
    dues = services.planning.shelves.dues
    gauge("memorata_seq_behind", "Events by which this memory is behind the store.", services.ceremonies.behind)
    gauge("memorata_mails_due", "Mails that are due and not sent.", lambda: dues.overdue("mail", clock.now_ms()))
    gauge("memorata_troubles", "Troubles of the server itself.", lambda: float(len(services.troubles.now())))
    gauge("memorata_disk_free_bytes", "Room on the disk of the data.", lambda: float(services.disk.free_bytes or 0))
    gauge("memorata_wall_clock_moved_seconds", "How far the wall clock has jumped.", lambda: clock.watch() / 1000)
