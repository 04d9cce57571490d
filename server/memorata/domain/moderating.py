"""What moderators do with people: let them in or not, show their names or not; what follows from which standing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from memorata.domain.errors import Refused

Standing = Literal["waiting", "admitted", "refused", "removed", "banned"]
"""Before the door or inside; the last three are outside, and the last does not come back by the same device."""

NameState = Literal["held", "released", "hidden"]
"""What somebody has written about themselves is seen by others once a moderator has released it."""

OUTSIDE: frozenset[Standing] = frozenset({"refused", "removed", "banned"})


class Act:
    """What a moderator asks about people. `aimed` says how each of them stood when the moderator looked.

    Whoever stands otherwise by then is left as they are: two moderators never act on the same one unknowingly.
    """

    __slots__ = ()
    kind: ClassVar[str]


@dataclass(frozen=True, slots=True)
class AdmitPeople(Act):
    """Let in those who wait at the door; their names stay held."""

    kind: ClassVar[str] = "person.admit"
    ids: tuple[str, ...]
    aimed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AdmitAll(Act):
    """Let in everybody who waits at the door."""

    kind: ClassVar[str] = "person.admit_all"


@dataclass(frozen=True, slots=True)
class RefusePeople(Act):
    """Do not let them in; they may ask again."""

    kind: ClassVar[str] = "person.refuse"
    ids: tuple[str, ...]
    aimed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReleaseNames(Act):
    """Let others see their names, as far as they themselves agree."""

    kind: ClassVar[str] = "person.release"
    ids: tuple[str, ...]
    aimed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class HideNames(Act):
    """Take their names and their words from every screen; they stay inside."""

    kind: ClassVar[str] = "person.hide"
    ids: tuple[str, ...]
    aimed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RemovePerson(Act):
    """Put somebody out, with their name and words; they come back only by being let in again."""

    kind: ClassVar[str] = "person.remove"
    id: str
    aimed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BanPerson(Act):
    """Put somebody out for good: the same device and the same invitation do not open the door again."""

    kind: ClassVar[str] = "person.ban"
    id: str
    aimed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RestorePerson(Act):
    """Undo what was last decided about somebody, with all that it took from the screens."""

    kind: ClassVar[str] = "person.restore"
    id: str
    aimed: Mapping[str, str]


ACTS: dict[str, type[Act]] = {
    act.kind: act
    for act in (
        AdmitPeople, AdmitAll, RefusePeople, ReleaseNames, HideNames, RemovePerson, BanPerson, RestorePerson,
    )
}  # fmt: skip
"""What may come over the wire, by kind."""

TAKING: frozenset[str] = frozenset({"person.refuse", "person.hide", "person.remove", "person.ban"})
"""Acts that take a person's words and requests from the screens in the same go."""


def judged(kind: str, standing: Standing, name_state: NameState) -> tuple[Standing, NameState]:
    """How somebody stands after an act, other than one that restores.

    Raises: Refused: `moderation.changed`: from how they stand this does not follow.
    """
    match kind:
        case "person.admit" | "person.admit_all" if standing in ("waiting", "refused", "removed"):
            return "admitted", name_state
        case "person.refuse" if standing == "waiting":
            return "refused", name_state
        case "person.release" if name_state != "released" and standing in ("waiting", "admitted"):
            return standing, "released"
        case "person.hide" if name_state != "hidden":
            return standing, "hidden"
        case "person.remove" if standing not in OUTSIDE:
            return "removed", name_state
        case "person.ban" if standing != "banned":
            return "banned", name_state
    raise Refused("moderation.changed", standing=standing, name_state=name_state)
