"""What pages ask of the services: ceremonies as they stand, the links that open them, who is there."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec

from memorata.adapters.http.limits import link_guessing
from memorata.adapters.sockets import wire
from memorata.adapters.sockets.telling import Teller
from memorata.config import Settings
from memorata.domain.errors import Refused
from memorata.domain.events import CeremonyPlanned
from memorata.domain.programme import Hall, Programme
from memorata.domain.roles import Role, permit
from memorata.domain.state import CeremonyState, phase_of
from memorata.services.admission import Admission
from memorata.services.inviting import Inviting
from memorata.services.live import LiveCeremonies
from memorata.services.ports import Clock, LinkRole, Participant
from memorata.services.presence import PresenceDesk
from memorata.services.privacy import Privacy
from memorata.services.retention import Retention
from memorata.services.seating import SeatingDesk
from memorata.services.stage_told import Seen


@dataclass(frozen=True, slots=True)
class Shown:
    """One ceremony as it stands; `programme_seq` is the number of the event that planned it last."""

    ceremony_id: str
    epoch: str
    programme_seq: int
    programme: Programme
    state: CeremonyState


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link opens; `hall` where it is that of a hall of the programme."""

    shown: Shown
    role: Role
    hall: Hall | None = None


class House:
    """Any method may raise StoreBusy."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        ceremonies: LiveCeremonies,
        admission: Admission,
        presence: PresenceDesk,
        teller: Teller,
        inviting: Inviting,
        privacy: Privacy,
        retention: Retention,
        seating: SeatingDesk,
        streamed: Callable[[str], tuple[str, Seen | None]] = lambda _: ("", None),
    ) -> None:
        """Args: streamed: where watchers find the stage of a ceremony, empty for nowhere, and whom they see there."""
        self.streamed = streamed
        self.inviting = inviting
        self.seating = seating
        self.settings = settings
        self.clock = clock
        self.admission = admission
        self.privacy = privacy
        self.retention = retention
        self._ceremonies = ceremonies
        self._presence = presence
        self._teller = teller
        self._planned: dict[str, tuple[str, Programme, int]] = {}

    @property
    def base_url(self) -> str:
        return self.settings.base_url

    def ceremonies(self) -> tuple[Shown, ...]:
        """All that are planned, but for rehearsals, which are on no list."""
        shown = (self._shown(ceremony_id) for ceremony_id in self._ceremonies.ids())
        return tuple(each for each in shown if each is not None and not each.programme.rehearsal)

    def find(self, ceremony_id: str) -> Shown | None:
        """As the public may know it; `None` where there is none, or a rehearsal."""
        try:
            return self.ceremony(ceremony_id)
        except Refused:
            return None

    def ceremony(self, ceremony_id: str, *, rehearsal: bool = False) -> Shown:
        """Args: rehearsal: whether it may be one, which the public never sees.

        Raises: Refused: `ceremony.unknown`.
        """
        shown = self._shown(ceremony_id)
        if shown is None or (shown.programme.rehearsal and not rehearsal):
            raise Refused("ceremony.unknown", ceremony_id=ceremony_id)
        return shown

    def opened_by(self, key: str) -> Opened:
        """What a link leads to, and as whom.

        Raises: Refused: `link.unknown`, `request.too_many`.
        """
        with link_guessing():
            link = self.admission.resolve(key)
            shown = self._shown(link.ceremony_id)
            if shown is None:
                raise Refused("link.unknown")
            hall = None if link.invitation is None else shown.programme.hall(link.invitation.hall)
            return Opened(shown, link.role, hall)

    def leader(self, token: str, kind: str) -> Participant:
        """Who asks for something that the table of roles has beside the log.

        Raises: Refused: as `Admission.authenticate` and `permit`.
        """
        who = self.admission.authenticate(token)
        permit(who.role, kind, phase_of(self._ceremonies.state(who.ceremony_id), self.clock.now_ms()))
        return who

    def counts(self, ceremony_id: str) -> wire.Presence:
        """Who is there, in numbers, as the public may know."""
        return self._teller.presence(ceremony_id, "public", fresh=False)

    def keep_seat(self, who: Participant) -> wire.Ticket | msgspec.UnsetType:
        """Keep a seat for somebody who is coming in; a ticket where all are taken."""
        if who.standing != "admitted":
            return msgspec.UNSET
        try:
            self.seating.keep(who)
        except Refused as refused:
            return msgspec.convert(refused.facts, wire.Ticket)
        return msgspec.UNSET

    def halls_online(self, ceremony_id: str) -> frozenset[str]:
        """The ids of the halls whose page is open."""
        return self._presence.halls_online(ceremony_id)

    def clients(self) -> int:
        """How many seats are taken."""
        return sum(self._presence.totals(ceremony_id).seats for ceremony_id in self._presence.ceremonies())

    def _shown(self, ceremony_id: str) -> Shown | None:
        state, epoch = self._ceremonies.state(ceremony_id), self._ceremonies.epoch(ceremony_id)
        programme = state.programme
        if programme is None:
            return None
        return Shown(ceremony_id, epoch, self._programme_seq(ceremony_id, epoch, programme), programme, state)

    def _programme_seq(self, ceremony_id: str, epoch: str, programme: Programme) -> int:
        known = self._planned.get(ceremony_id)
        if known is not None and known[0] == epoch and known[1] is programme:
            return known[2]
        seq = found = known[2] if known is not None and known[0] == epoch else 0
        while events := self._ceremonies.events_after(ceremony_id, seq):
            seq = events[-1].seq
            found = max((e.seq for e in events if isinstance(e.event, CeremonyPlanned)), default=found)
        self._planned[ceremony_id] = epoch, programme, found
        return found


@contextmanager
def by_token() -> Iterator[None]:
    """Around whatever is asked with a token: nobody's, or not any more, is said of the token and not of a link.

    As with links, wrong ones are counted.

    Raises: Refused: `token.unknown`, `request.too_many`.
    """
    try:
        with link_guessing():
            yield
    except Refused as refused:
        if refused.code == "link.unknown":
            raise Refused("token.unknown") from None
        raise


def addresses(base_url: str, ceremony_id: str, keys: Mapping[LinkRole, str]) -> dict[str, str]:
    """The addresses of a ceremony to hand on, by whom they are for; `keys` are those of its links, by role."""
    return {
        "host": f"{base_url}/h/{keys['host']}",
        "moderator": f"{base_url}/h/{keys['moderator']}",
        "participant": f"{base_url}/e/{keys['participant']}",
        "hall": f"{base_url}/e/{keys['participant']}/hall",
        "watch": f"{base_url}/c/{ceremony_id}/watch",
        "programme": f"{base_url}/c/{ceremony_id}",
    }
