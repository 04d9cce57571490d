"""What a worker tells the others so that what happens in one is seen by those who are connected to another.

Hints alone: what happened stands in the store, which each worker looks at each second anyway.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog

from memorata.domain.errors import Refused
from memorata.domain.roles import Role
from memorata.services.bus import Bus, Message
from memorata.services.moderation import Look
from memorata.services.ports import Mark, Participant, StoreBusy

if TYPE_CHECKING:
    from memorata.services.admission import Admission
    from memorata.services.live import LiveCeremonies
    from memorata.services.moderation import Moderation
    from memorata.services.ports import Publisher

log = structlog.get_logger(__name__)


class Together:
    """Says what was done here, and does here what is said; the second from `attach` on."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._looks: dict[str, dict[str, str]] = {}
        """By worker: the ceremony in which somebody there reads, by participant."""

    # --- what was done here ---

    def appended(self, ceremony_id: str, seq: int) -> None:
        """The log of a ceremony has come so far."""
        self._bus.tell("log", {"ceremony": ceremony_id, "seq": seq})

    def marked(self, ceremony_id: str, mark: Mark) -> None:
        """A candle has been lit or a wreath laid, which the log does not hold."""
        told = {"ceremony": ceremony_id, "item": mark.item_id, "key": mark.key, "participant": mark.participant_id}
        self._bus.tell("mark", told)

    def person_changed(self, who: Participant) -> None:
        """Somebody has said something anew, or a moderator has decided about them."""
        self._bus.tell("person", {"ceremony": who.ceremony_id, "participant": who.id})

    def put_out(self, participant_id: str) -> None:
        """An invitation has been taken back, or has another role."""
        self._bus.tell("put_out", {"participant": participant_id})

    def link_removed(self, ceremony_id: str, role: Role) -> None:
        self._bus.tell("removed", {"ceremony": ceremony_id, "role": role})

    def accounts_ended(self) -> None:
        """Somebody's session is over."""
        self._bus.tell("accounts", {})

    def looked(self, ceremony_id: str, look: Look) -> None:
        """A moderator has opened an entry; an entry that is empty: they read nothing any more."""
        self._bus.tell("look", {"ceremony": ceremony_id, "by": look.by, "name": look.name, "entry": look.entry})

    # --- what others did ---

    def attach(
        self,
        ceremonies: "LiveCeremonies",
        admission: "Admission",
        moderation: "Moderation",
        publisher: "Publisher",
        sessions_ended: Callable[[], object],
        person_changed: Callable[[str, str], object],
        put_out: Callable[[str], object],
        read_all: Callable[[], object],
    ) -> None:
        """Hear the others.

        Args:
            person_changed: gets the ids of a ceremony and of a person about whom another worker has written.
            put_out: gets the id of a person whose invitation is not what it was.
            read_all: called when something may have been missed.
        """

        def on(topic: str, hear: Callable[[Message], object]) -> None:
            def heard(_sender: str, message: Message) -> None:
                try:
                    hear(message)
                except (StoreBusy, Refused) as reason:
                    log.debug("together.left", topic=topic, reason=str(reason))  # found by looking, in a second

            self._bus.on(topic, heard)

        on("log", lambda told: ceremonies.catch_up(told["ceremony"], told["seq"]))
        on(
            "mark",
            lambda told: ceremonies.hear_mark(told["ceremony"], Mark(told["item"], told["key"], told["participant"])),
        )
        on("person", lambda told: person_changed(told["ceremony"], told["participant"]))
        on("put_out", lambda told: put_out(told["participant"]))

        def removed(told: Message) -> None:
            admission.look_again()
            publisher.removed(told["ceremony"], told["role"])

        on("removed", removed)
        on("accounts", lambda _: sessions_ended())

        def looked(worker: str, told: Message) -> None:
            look = Look(told["by"], told["name"], told["entry"])
            moderation.hear_look(told["ceremony"], look)
            self._looks.setdefault(worker, {})[look.by] = told["ceremony"]

        def left(worker: str) -> None:
            for by, ceremony_id in self._looks.pop(worker, {}).items():
                moderation.hear_look(ceremony_id, Look(by, "", ""))

        self._bus.on("look", looked)
        self._bus.on_left(left)
        self._bus.on_gap(read_all)
