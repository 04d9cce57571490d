"""What tests are made of: a programme, its parts, a ceremony at a point of its history."""

from collections.abc import Sequence
from dataclasses import replace

from memorata.domain import events as e
from memorata.domain import items as i
from memorata.domain.ceremony import fold
from memorata.domain.events import Event, Recorded
from memorata.domain.programme import Delegation, Programme
from memorata.domain.state import CeremonyState

START_MS = 1_801_047_600_000
"""27 January 2027, 14:00 in Moscow."""


def text(words: str) -> i.Text:
    return {"en": words}


def an_item(item_id: str, detail: i.Detail | None = None, planned_s: int = 60, **fields: object) -> i.Item:
    item = i.Item(item_id, text(item_id.capitalize()), detail or i.Address(text("Amina"), text("Host")), planned_s)
    return replace(item, **fields)  # type: ignore[arg-type]


def a_silence(item_id: str = "minute", **fields: object) -> i.Item:
    detail = replace(i.Silence(invitation=text("Please rise.")), **fields)  # type: ignore[arg-type]
    length_s = detail.invitation_s + detail.stillness_s + detail.duration_s + detail.quiet_after_s
    return an_item(item_id, detail, length_s, end="next")


def a_programme(
    ceremony_id: str = "remembrance-2027", *, at_ms: int = START_MS, items: Sequence[i.Item] | None = None
) -> Programme:
    """A ceremony with a little of everything; its doors open a quarter of an hour before `at_ms`."""
    if items is None:
        items = (
            an_item("lobby", i.Lobby(), 900),
            an_item("words", planned_s=60, note_host="Smile."),
            a_silence(),
            an_item(
                "memories", i.Testimony(tuple(i.Witness({"en": name}) for name in ("Vera", "Genrikh", "Bruno")), 30), 90
            ),
            an_item(
                "wreaths",
                i.WreathLaying(
                    mode="live",
                    wreaths=(i.Wreath(text("Recife"), "BR"), i.Wreath(text("Osaka"), "JP")),
                    slot_s=10,
                ),
                20,
            ),
            an_item("candles", i.Candle(), 60),
            an_item("wishes", i.Wishes(max_chars=200), 60),
            an_item("farewell", i.Closing(words=text("Until next year.")), 30),
        )
    return Programme(
        ceremony_id=ceremony_id,
        series="remembrance",
        title=text("Remembrance"),
        subject=text("What is remembered"),
        date="2027-01-27",
        zone="Europe/Moscow",
        starts_ms=at_ms,
        lobby_opens_ms=at_ms - 900_000,
        languages=("en",),
        items=tuple(items),
        number=83,
        delegations=(Delegation(text("Recife"), "BR"), Delegation(text("Osaka"), "JP")),
        door="open",
    )


def recorded(events: Sequence[Event], *, after: int = 0, at_ms: int = START_MS, by: str = "operator") -> list[Recorded]:
    return [Recorded(after + n, at_ms, by, event) for n, event in enumerate(events, 1)]


def a_ceremony(*events: Event, programme: Programme | None = None, at_ms: int = START_MS) -> CeremonyState:
    """A ceremony planned and opened, then what else happened, all at `at_ms`."""
    history = (e.CeremonyPlanned(programme or a_programme()), e.CeremonyOpened(), *events)
    return fold(CeremonyState(), recorded(history, at_ms=at_ms))
