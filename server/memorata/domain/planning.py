"""From a series and one of its occurrences to the programme of a ceremony, and to a brisk one for showing it."""

from dataclasses import replace
from datetime import date, timedelta

from memorata.domain.anniversary import (
    Occurrence,
    Series,
    Sitting,
    is_only_of_year,
    occurrences,
    sittings,
)
from memorata.domain.items import (
    Bell,
    Closing,
    Gallery,
    Greetings,
    Honours,
    Item,
    Lobby,
    Names,
    RollCall,
    Silence,
    Testimony,
    WreathLaying,
)
from memorata.domain.programme import Programme
from memorata.domain.silence import plan

OPENS_BEFORE_S = 900
"""How long before the start the doors open when the programme has no lobby that says otherwise."""

OWN_KEYS = ("items", "delegations")
"""The keys of a series that one date may have of its own, in the place of the others."""

BRISK_S = 360
"""How long a brisk ceremony takes, silences included."""

BRISK_LEAST_S = 6
"""No item is shortened below this, so that it can be seen at all."""


def ceremony_id(series: Series, occurrence: Occurrence, site: str = "") -> str:
    """The name of a ceremony: series and year, or the whole date where the year is not enough; then the site."""
    return ceremony_name(series.id, occurrence.key[:4] if is_only_of_year(series, occurrence) else occurrence.key, site)


def ceremony_name(series_id: str, when: str, site: str = "") -> str:
    """The same put together; `when` is a year or an ISO date."""
    return f"{series_id}-{when}" + (f"-{site}" if site else "")


def programme_for(
    series: Series,
    occurrence: Occurrence,
    ceremony_id: str,
    starts_ms: int | None = None,
    sitting: Sitting | None = None,
) -> Programme:
    """The programme of one ceremony of the series.

    Args:
        starts_ms: another instant than the planned one, for a ceremony that is moved or shown; its date stays.
        sitting: where it is held, of several; `None`: the first.
    """
    held = sitting or sittings(series, occurrence)[0]
    start = start_ms(series, held) if starts_ms is None else starts_ms
    lobby = next((item.detail for item in series.items if isinstance(item.detail, Lobby)), None)
    opens_before_s = OPENS_BEFORE_S if lobby is None else lobby.opens_before_s
    return Programme(
        ceremony_id=ceremony_id,
        series=series.id,
        title=series.title,
        subject=series.subject,
        date=occurrence.date.isoformat(),
        zone=held.zone,
        starts_ms=start,
        lobby_opens_ms=start - opens_before_s * 1000,
        languages=series.languages,
        items=tuple(_dated(item, series, occurrence) for item in series.items),
        number=occurrence.number,
        organizer=series.organizer,
        telephone=series.telephone,
        delegations=series.delegations,
        halls=series.halls,
        countries=series.countries,
        holding_still=series.holding_still,
        door=series.door,
        embed=series.embed,
        place=held.place,
        autopilot=series.autopilot,
    )


def start_ms(series: Series, held: Sitting) -> int:
    """When the first item after the lobby begins."""
    return held.instant_ms - lead_in_s(series) * 1000


def lead_in_s(series: Series) -> int:
    """How long before the time of the series its ceremony begins, so that the item `time_of` comes in time."""
    before_s = 0
    for item in series.items:
        if item.id == series.time_of:
            return before_s + (plan(item.detail, 0).t0_ms // 1000 if isinstance(item.detail, Silence) else 0)
        before_s += 0 if item.kind == "lobby" else item.planned_s
    return 0


def total_s(items: tuple[Item, ...]) -> int:
    """The planned length of the ceremony, from the first item after the lobby to the end of the last."""
    return sum(item.planned_s for item in items if item.kind != "lobby")


def brisk(programme: Programme, whole_s: int = BRISK_S) -> Programme:
    """The same programme in about `whole_s`; no silence is shortened, and the lobby stays as it is."""
    kept_s = sum(item.planned_s for item in programme.items if item.kind == "silence")
    rest_s = total_s(programme.items) - kept_s
    if rest_s <= 0 or rest_s + kept_s <= whole_s:
        return programme
    pace = max(0.0, (whole_s - kept_s) / rest_s)
    return replace(programme, items=tuple(_brisk(item, pace) for item in programme.items))


def _brisk(item: Item, pace: float) -> Item:
    if item.kind in ("silence", "lobby"):
        return item
    planned_s = min(item.planned_s, max(BRISK_LEAST_S, round(item.planned_s * pace)))
    pace = planned_s / max(1, item.planned_s)
    detail = item.detail
    match detail:
        case Testimony() | WreathLaying() | RollCall() | Greetings() | Honours():
            detail = replace(detail, slot_s=detail.slot_s * pace)
        case Names():
            detail = replace(detail, pace_s=detail.pace_s * pace)
        case Gallery() | Bell():
            detail = replace(detail, interval_s=detail.interval_s * pace)
    return replace(item, planned_s=planned_s, warn_s=round(item.warn_s * pace), detail=detail)


def _dated(item: Item, series: Series, occurrence: Occurrence) -> Item:
    """The item with its dates computed: when the next occurrence is, and until which day the guest book lies open."""
    if not isinstance(item.detail, Closing):
        return item
    following = next(iter(occurrences(series, occurrence.date + timedelta(days=1), 1)), None)
    closing = replace(
        item.detail,
        next_date=None if following is None else following.date.isoformat(),
        next_number=None if following is None else following.number,
        guest_book_until=_after(item.detail.guest_book_until, occurrence.date),
    )
    return replace(item, detail=closing)


def _after(until: str | None, day: date) -> str | None:
    """An ISO date from one, or from a month and day (`05-09`), which is the first such day on or after `day`."""
    if until is None or len(until) != len("05-09"):
        return until
    month, day_of_month = int(until[:2]), int(until[3:])
    for year in range(day.year, day.year + 9):
        try:
            found = date(year, month, day_of_month)
        except ValueError:  # 29 February
            continue
        if found >= day:
            return found.isoformat()
    return None
