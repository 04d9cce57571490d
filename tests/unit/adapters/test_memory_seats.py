"""The totals that are kept as people come and go are those of a count of everybody who is there."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from memorata.adapters.presence.memory import GRACE_MS, REPORT_MS, MemorySeats, counted
from memorata.domain.roles import Role
from memorata.services.ports import Participant, Report

PEOPLE = ("amina", "bruno", "chiyo", "dana")
PLACES = ("evening", "morning")
COUNTRIES = (None, "KE", "BR", "JP")
COMMUNITIES = ("", "Recife", "RECIFE", "Osaka")

who = st.builds(
    Participant,
    id=st.sampled_from(PEOPLE),
    ceremony_id=st.sampled_from(PLACES),
    role=st.sampled_from(("participant", "host")),
    country=st.sampled_from(COUNTRIES),
    community=st.sampled_from(COMMUNITIES),
    people=st.integers(1, 5),
)
tab = st.sampled_from(("one", "two"))
report = st.builds(
    Report,
    bound_ms=st.sampled_from((None, 1.0, 10.0, 50.0)),
    sound=st.sampled_from(("running", "locked", "muted")),
    picture=st.booleans(),
)
step = st.one_of(
    st.tuples(st.just("join"), who, tab),
    st.tuples(st.just("leave"), who, tab, st.booleans()),
    st.tuples(st.just("update"), who),
    st.tuples(st.just("drop"), who),
    st.tuples(st.just("forget"), who, st.booleans()),
    st.tuples(st.just("report"), who, report),
    st.tuples(st.just("moved"), who),
    st.tuples(st.just("wait"), st.sampled_from((1_000, GRACE_MS, REPORT_MS + 1))),
)


@given(st.lists(step, max_size=60))
def test_the_totals_are_those_of_a_count_of_everybody(steps: list[tuple[object, ...]]) -> None:
    seats, now_ms = MemorySeats(), 0
    for what, *given_ in steps:
        match what, given_:
            case "join", [Participant() as person, str(name)]:
                seats.join(person, name, now_ms)
            case "leave", [Participant() as person, str(name), bool(at_once)]:
                seats.leave(person, name, now_ms, at_once=at_once)
            case "update", [Participant() as person]:
                seats.update(person)
            case "drop", [Participant() as person]:
                seats.drop(person)
            case "forget", [Participant() as person, bool(everybody)]:
                seats.forget(person.ceremony_id, None if everybody else person.id)
            case "report", [Participant() as person, Report() as told]:
                seats.report(person, told, now_ms)
            case "moved", [Participant() as person]:
                seats.moved(person.ceremony_id, person.id)
            case "wait", [int(passed_ms)]:
                now_ms += passed_ms
                seats.expire(now_ms)
                seats.forget_reports(now_ms)
        for place in PLACES:
            held = seats.held(place).values()
            assert seats.totals(place) == counted((one.participant, one.step) for one in held)


def test_a_host_who_becomes_a_participant_is_counted_in_the_step() -> None:
    seats = MemorySeats()
    role: Role = "host"
    person = Participant("amina", "evening", role)
    seats.join(person, "one", 0)
    assert seats.totals("evening").sync.unknown == 0
    seats.join(replace(person, role="participant"), "one", 0)
    assert seats.totals("evening").sync.unknown == 1
