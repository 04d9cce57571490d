"""Made-up histories of a ceremony: commands of all kinds by all roles at random, as `decide` lets them pass."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from memorata.domain import commands as c
from memorata.domain import events as e
from memorata.domain import items as i
from memorata.domain.broadcast import Source
from memorata.domain.ceremony import decide, evolve
from memorata.domain.conducting import due
from memorata.domain.door import POLICIES
from memorata.domain.errors import Refused
from memorata.domain.programme import Delegation, Hall, Programme
from memorata.domain.roles import Role
from memorata.domain.state import CeremonyState

START_MS = 1_801_047_600_000
"""27 January 2027, 14:00 in Moscow."""

AMINA = c.Actor("amina", "organizer", name="Amina", community="Nairobi", country="KE")
CHIYO = c.Actor("chiyo", "participant", name="Chiyo", community="Osaka", country="JP")
BRUNO = c.Actor("bruno", "participant", name="Bruno", community="Recife", country="BR")
HOST = c.Actor("hana", "host", name="Hana")
MODERATOR = c.Actor("milo", "moderator", name="Milo")
WATCHER = c.Actor("wim", "watcher")
CAST = (AMINA, HOST, HOST, HOST, MODERATOR, CHIYO, BRUNO, WATCHER)


def a_text(words: str) -> i.Text:
    return {"en": words, "ru": f"{words} (по-русски)"}


def a_programme() -> Programme:
    """A programme with one item of most kinds, short enough for a history to reach its end."""
    return Programme(
        ceremony_id="remembrance-2027",
        series="remembrance",
        title=a_text("Remembrance"),
        subject=a_text("What is remembered"),
        date="2027-01-27",
        zone="Europe/Moscow",
        starts_ms=START_MS,
        lobby_opens_ms=START_MS - 900_000,
        languages=("en", "ru"),
        number=83,
        halls=(Hall("bishkek", a_text("Bishkek"), country="KG", contact="lines", telephone="lines"),),
        delegations=(Delegation(a_text("Osaka"), "JP"), Delegation(a_text("Recife"), "BR")),
        items=(
            i.Item("lobby", a_text("Lobby"), i.Lobby(), 900),
            i.Item("words", a_text("Words"), i.Address(a_text("Hana"), a_text("Host")), 30, note_host="Smile."),
            i.Item("minute", a_text("Minute"), i.Silence(invitation=a_text("Rise")), 90, end="next"),
            i.Item(
                "message",
                a_text("Message"),
                i.VideoMessage(a_text("The governor")),
                40,
                media=i.Media(
                    (Source("file", "", "/media/message.mp4"),), captions=(i.Caption("en", "/media/en.vtt"),)
                ),
                end="stop",
            ),
            i.Item(
                "memories",
                a_text("Memories"),
                i.Testimony(
                    (
                        i.Witness({"en": "Vera", "ru": "Вера"}, 91, {"en": "Yerevan", "ru": "Ереван"}, "AM"),
                        i.Witness(a_text("Genrikh"), 89, a_text("Jerusalem"), "IL"),
                    ),
                    20,
                ),
                40,
            ),
            i.Item(
                "wreaths",
                a_text("Wreaths"),
                i.WreathLaying(
                    a_text("The cemetery"),
                    wreaths=(
                        i.Wreath(a_text("Brazil"), "BR", ribbon=a_text("To those who stayed")),
                        i.Wreath(a_text("Japan"), "JP"),
                        i.Wreath(a_text("Osaka")),
                    ),
                    slot_s=7.5,
                ),
                24,
            ),
            i.Item(
                "names",
                a_text("Names"),
                i.Names((i.NameRead("A"), i.NameRead("B"), i.NameRead("C")), silences_at=(1,)),
                20,
            ),
            i.Item("candles", a_text("Candles"), i.Candle(), 20, end="next"),
            i.Item("wishes", a_text("Wishes"), i.Wishes(a_text("Write"), read_out=3), 30),
            i.Item("closing", a_text("Closing"), i.Closing(guest_book_until="2027-05-09"), 30),
        ),
    )


@dataclass
class History:
    """A ceremony as it happened: every event with its envelope, and the state after the last."""

    state: CeremonyState = field(default_factory=CeremonyState)
    recorded: list[e.Recorded] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def append(self, events: tuple[e.Event, ...], at_ms: int, by: str) -> None:
        for event in events:
            recorded = e.Recorded(self.state.seq + 1, at_ms, by, event)
            self.state = evolve(self.state, recorded)
            self.recorded.append(recorded)

    def ask(self, command: c.Command, actor: c.Actor, at_ms: int) -> None:
        """Settle what the clock brought about, then do as asked; a refusal is noted and changes nothing."""
        self.append(due(self.state, at_ms), at_ms, "conductor")
        try:
            self.append(decide(self.state, command, actor, at_ms), at_ms, actor.participant_id)
        except Refused as no:
            self.refused.append(no.code)


def some_commands(chance: random.Random, history: History) -> Iterator[tuple[c.Command, c.Actor]]:
    """Commands without end, aimed well more often than not."""
    number = 0
    while True:
        number += 1
        progress, floor, wishes = history.state.progress, history.state.floor, history.state.tributes.wishes
        items = [item.id for item in a_programme().items] + ["nowhere"]
        entries = [entry.id for entry in floor.entries] + ["nobody"]
        aimed = progress.cues if chance.random() < 0.9 else chance.randrange(0, 5)
        entry, item = chance.choice(entries), chance.choice(items)
        actor = chance.choice(CAST)
        wish = chance.choice([w.id for w in wishes] + ["none"])
        waiting = [one.id for one in floor.entries if one.state in ("asked", "accepted", "next", "ready")]
        holder = floor.holder()
        following = items[min(len(items) - 2, 1 + len(progress.runs))]
        options: list[c.Command] = [
            c.OpenCeremony(),
            c.CueItem(following, aimed),
            c.CueItem(following, aimed),
            c.CueItem(item, aimed),
            c.CancelCue(aimed),
            c.HoldItem(aimed),
            c.ResumeItem(aimed),
            c.StepItem(aimed, chance.randrange(3), chance.randrange(4)),
            c.SkipItem(item),
            c.RestoreItem(item),
            c.SetAutopilot(chance.random() < 0.5),
            c.HoldPicture(),
            c.ReleasePicture(),
            c.SetDoor(chance.choice(POLICIES)),
            c.SetAsking(chance.random() < 0.8),
            c.RequestFloor(
                chance.choice(("memory", "poem", "wish", "tribute")), "A name", "A town", "jp", "Some\n\nlines"
            ),
            c.RequestFloor("poem", "Another", text="‮hostile"),
            c.AddToFloor(
                "memory", "By telephone", note="0001", telephone="+374 1", before=chance.choice([None, entry])
            ),
            c.EditEntry(entry, name="Corrected", slot_s=chance.choice([None, 5, 90])),
            c.AcceptEntry(entry),
            c.AcceptEntry(entry),
            c.DeclineEntry(entry),
            c.ReorderFloor(tuple(chance.sample(waiting, len(waiting)))),
            c.ReorderFloor((entry,)),
            c.CallNext(entry),
            c.CallNext(entry),
            c.ReadyToSpeak(entry),
            c.NotNow(entry),
            c.GrantFloor(entry, holder.id if holder and chance.random() < 0.9 else None),
            c.YieldFloor(entry),
            c.MarkAbsent(entry),
            c.WithdrawRequest(entry),
            c.ByTelephone(entry, chance.random() < 0.5),
            c.InviteToStage(actor.participant_id, "A guest", "A town", "br"),
            c.DismissFromStage(chance.choice([guest.key for guest in history.state.stage.guests] + ["nobody"])),
            c.PlayRecorded(aimed, chance.randrange(2)),
            c.ShowLive(aimed, chance.randrange(2)),
            c.LayWreath("wreaths", chance.randrange(4)),
            c.LightCandle("candles"),
            c.OfferWish(chance.choice(("wishes", "closing", "words")), chance.choice(("A wish", "", "x" * 300))),
            c.ReleaseWish(wish),
            c.WithholdWish(wish),
        ]
        if chance.random() < 0.02:
            options = [
                c.ErasePerson(actor.participant_id),
                c.ErasePerson(None, (entry,), (wish,)),
                c.EraseNames(("closing",)),
            ]
        role: Role = actor.role
        yield (
            chance.choice(options),
            c.Actor(actor.participant_id, role, f"request-{number}", actor.name, actor.community, actor.country),
        )


def a_history(seed: int, length: int = 120) -> History:
    """A random history of one ceremony, the same for the same seed."""
    chance = random.Random(seed)
    history = History()
    at_ms = START_MS - 1_000_000
    history.ask(c.PlanCeremony(a_programme()), AMINA, at_ms)
    at_ms += 200_000
    for command, actor in some_commands(chance, history):
        if len(history.recorded) >= length or at_ms > START_MS + 3_600_000:
            return history
        at_ms += chance.choice((5, 400, 2_500, 6_000, 15_000, 40_000))
        history.ask(command, actor, at_ms)
    return history
