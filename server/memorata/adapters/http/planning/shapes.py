"""What the JSON API of planning takes and gives."""

from typing import Annotated, Any, Literal

import msgspec

from memorata.domain.items import Text
from memorata.domain.roles import Role
from memorata.services.occurrences import Leaving
from memorata.services.planning_ports import Answer, DueKind, DueState, Managed

Line = Annotated[str, msgspec.Meta(max_length=400)]
Id = Annotated[str, msgspec.Meta(max_length=200)]
Version = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Document = dict[str, Any]
"""A schedule as plain JSON values: what `GET /api/plan/forms` describes."""

PEOPLE_MAX = 5_000
CSV_MAX = 900_000


# --- taken ---


class NewSeries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Id
    document: Document


class SavedSeries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: Version
    document: Document


class AtVersion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`version` is that which the page shows: a change of somebody else is not written over."""

    version: Version


class Preview(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is being typed; with `key` the document is the programme of that date alone."""

    document: Document
    id: Id = ""
    key: Id = ""


class SavedOccurrence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`document`: items and delegations of this date alone; `None`: those of the series."""

    version: Version
    document: Document | None
    notes: Annotated[str, msgspec.Meta(max_length=20_000)] = ""


class Depart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`version` is that of the series; `to` an ISO date and `time` HH:MM, for what is moved or extra."""

    version: Version
    kind: Leaving
    to: Line = ""
    time: Line = ""
    reason: Text = {}


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Chosen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    contacts: Annotated[list[Id], msgspec.Meta(max_length=PEOPLE_MAX)]


class One(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    contact: Id


class PersonFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is written of a person; what is left out stays as it is."""

    name: Line | msgspec.UnsetType = msgspec.UNSET
    community: Line | msgspec.UnsetType = msgspec.UNSET
    country: Line | msgspec.UnsetType | None = msgspec.UNSET
    language: Line | msgspec.UnsetType = msgspec.UNSET
    zone: Line | msgspec.UnsetType = msgspec.UNSET
    site: Line | msgspec.UnsetType = msgspec.UNSET
    mail: Line | msgspec.UnsetType = msgspec.UNSET
    telephone: Line | msgspec.UnsetType = msgspec.UNSET
    role: Line | msgspec.UnsetType = msgspec.UNSET
    note: Annotated[str, msgspec.Meta(max_length=2_000)] | msgspec.UnsetType = msgspec.UNSET

    def fields(self) -> dict[str, Any]:
        """Those that were given."""
        return {
            name: value for name in self.__struct_fields__ if (value := getattr(self, name)) is not msgspec.UNSET
            and name != "version"
        }  # fmt: skip


class NewPeople(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """People one by one, or a table as an office programme writes it, or both."""

    people: Annotated[list[PersonFields], msgspec.Meta(max_length=PEOPLE_MAX)] = []
    csv: Annotated[str, msgspec.Meta(max_length=CSV_MAX)] = ""


class ChangedPerson(PersonFields, frozen=True, forbid_unknown_fields=True, kw_only=True):
    version: Version


class InMemory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: Version
    in_memory: bool


class Numbered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class AskedLink(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    link: Annotated[str, msgspec.Meta(max_length=2_000)]


# --- given ---


class FaultTold(msgspec.Struct, frozen=True):
    key: str
    line: int | None
    code: str
    message: str
    suggestion: str | None
    severity: str


class CeremonyOf(msgspec.Struct, frozen=True):
    site: str
    place: Text
    zone: str
    instant_ms: int
    starts_ms: int
    ceremony_id: str


class Hour(msgspec.Struct, frozen=True):
    """The hour at a place; `day`: how many days its calendar is ahead of that of the ceremony; `odd`: at night."""

    place: Text
    zone: str
    local: str
    day: int
    odd: bool


RowState = Literal["computed", "made", "planned", "live", "over"]


class Row(msgspec.Struct, frozen=True):
    """One date of a series; `departure` is empty where the rule is kept."""

    series: str
    key: str
    title: Text
    date: str
    weekday: int
    number: int | None
    instant_ms: int
    zone: str
    local_date: str
    local: str
    provisional: bool
    departure: str
    reason: Text
    state: RowState
    published: bool
    managed: Managed
    ceremonies: list[CeremonyOf]
    hours: list[Hour]
    guests: int = 0
    coming: int = 0
    cannot: int = 0
    clashes: list[str] = []


class Rows(msgspec.Struct, frozen=True):
    rows: list[Row]


class SeriesTold(msgspec.Struct, frozen=True):
    """`text` is the file that it would be; `rows` are those of ten years; `trail` is by what the change is undone."""

    id: str
    managed: Managed
    version: int
    published_ms: int | None
    removed_ms: int | None
    changed_ms: int
    document: Document
    text: str
    faults: list[FaultTold]
    words: str
    rows: list[Row]
    planned_s: int
    languages: list[str]
    trail: int = 0


class SeriesLine(msgspec.Struct, frozen=True):
    id: str
    title: Text
    managed: Managed
    published: bool
    removed: bool
    version: int
    languages: list[str]
    zone: str
    words: str
    next: Row | None
    faults: int


class TrailTold(msgspec.Struct, frozen=True):
    id: int
    at_ms: int
    by_name: str
    kind: str
    series: str
    about: str
    facts: dict[str, Any]
    undoable: bool
    undone_ms: int | None


class TrailPage(msgspec.Struct, frozen=True):
    entries: list[TrailTold]


class UndoneTold(msgspec.Struct, frozen=True):
    entry: TrailTold


class AccountTold(msgspec.Struct, frozen=True):
    name: str
    mail: str
    role: str


class Overview(msgspec.Struct, frozen=True):
    now_ms: int
    tzdata: str
    account: AccountTold
    sends_mail: bool
    mail_fault: str
    series: list[SeriesLine]
    notices: list[TrailTold]


class CountryTold(msgspec.Struct, frozen=True):
    code: str
    name: str


class LanguageTold(msgspec.Struct, frozen=True):
    """A language by its tag and its name in itself."""

    tag: str
    name: str


class Forms(msgspec.Struct, frozen=True):
    forms: dict[str, Any]
    languages: list[LanguageTold]
    zones: list[str]
    countries: list[CountryTold]


class End(msgspec.Struct, frozen=True):
    site: str
    ends_ms: int


class Previewed(msgspec.Struct, frozen=True):
    words: str
    rows: list[Row]
    faults: list[FaultTold]
    planned_s: int
    ends: list[End]


class LinksOf(msgspec.Struct, frozen=True):
    """Addresses to hand on, by whom they are for, and the PINs of those who lead."""

    links: dict[str, str]
    pins: dict[str, str]


class RehearsalTold(msgspec.Struct, frozen=True):
    ceremony_id: str
    created_ms: int
    links: dict[str, str]
    pins: dict[str, str]


class DueTold(msgspec.Struct, frozen=True):
    id: int
    kind: DueKind
    due_ms: int
    state: DueState
    done_ms: int | None
    recipient: str
    name: str
    said: str


class CheckTold(msgspec.Struct, frozen=True):
    item_id: str
    link: str
    at_ms: int
    ok: bool
    said: str


class Checks(msgspec.Struct, frozen=True):
    checks: list[CheckTold]


class GuestTold(msgspec.Struct, frozen=True):
    contact_id: str
    name: str
    community: str
    role: Role
    mail: bool
    answer: Answer
    answered_ms: int | None
    in_memory: bool
    unsubscribed: bool
    invited: bool


class OccurrenceTold(msgspec.Struct, frozen=True):
    """One date whole; `own` says whether `document`, its programme, is its own or that of the series."""

    row: Row
    version: int
    series_version: int
    own: bool
    document: Document
    notes: str
    planned_s: int
    ends_ms: int
    links: dict[str, LinksOf]
    rehearsal: RehearsalTold | None
    dues: list[DueTold]
    checks: list[CheckTold]
    guests: list[GuestTold]
    trail: int = 0


class PersonTold(msgspec.Struct, frozen=True):
    id: str
    version: int
    name: str
    community: str
    country: str | None
    language: str
    zone: str
    site: str
    mail: str
    telephone: str
    role: Role
    note: str
    in_memory: bool
    unsubscribed: bool


class PeopleTold(msgspec.Struct, frozen=True):
    contacts: list[PersonTold]
    added: int = 0
    trail: int = 0


class PersonChanged(msgspec.Struct, frozen=True):
    contact: PersonTold
    trail: int = 0


class DoneTold(msgspec.Struct, frozen=True):
    ok: Literal[True] = True
    trail: int = 0


class LinkLooked(msgspec.Struct, frozen=True):
    """What was found behind a link; `said` is one sentence, empty when all is well."""

    ok: bool
    provider: str
    said: str
