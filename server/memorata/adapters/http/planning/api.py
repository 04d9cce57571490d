"""The JSON API of planning, for organizers who have signed in: series, their dates, their people, and what was done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from flask import Blueprint, Response, request

from memorata.adapters import zones
from memorata.adapters.countries import sorted_for
from memorata.adapters.csv_in import TableFault
from memorata.adapters.csv_in import read as read_table
from memorata.adapters.http.account import refuse_foreign, session_of
from memorata.adapters.http.entry import read
from memorata.adapters.http.house import House
from memorata.adapters.http.language import own_name
from memorata.adapters.http.openapi import described
from memorata.adapters.http.planning import shapes
from memorata.adapters.http.planning.views import Shelves, Views, person, trail_told
from memorata.adapters.http.showing import encoded, tongue
from memorata.adapters.schedules.grammar_json import forms
from memorata.domain.errors import Refused
from memorata.domain.planning import OWN_KEYS
from memorata.services.accounts import AccountDesk
from memorata.services.agenda import Agenda
from memorata.services.contacts import FIELDS, ContactDesk
from memorata.services.ledger import Ledger
from memorata.services.link_checks import LinkChecks
from memorata.services.occurrences import Kept, OccurrenceDesk
from memorata.services.planbook import PlanBook, Texts
from memorata.services.planner import Planner
from memorata.services.planning_ports import SeriesRow, Trail
from memorata.services.ports import Account
from memorata.services.reminding import Reminding
from memorata.services.series import Saved, SeriesDesk
from memorata.services.undoing import UndoDesk

BODY_MAX = 1_000_000
"""Of a series with its programme in many languages, or of a list of people."""

LANGUAGES = ("ru", "en", "hy", "bg", "he", "kk", "ky", "lv", "lt", "ro", "uz", "uz-Cyrl", "uk", "cs", "fi", "fr", "ka",
             "de", "be", "az", "et", "pl", "tg", "tk")  # fmt: skip
"""Those that editors offer; any other can be written."""

NOTICES = ("zone.moved",)
NOTICES_SHOWN = 20
FIRST_YEAR, LAST_YEAR = 1900, 2200

SIGNED = ("request.foreign", "role.not_allowed")
CHANGING = (*SIGNED, "series.unknown", "plan.stale", "plan.managed_by_file", "schedule.faulty", "ceremony.live")
DATED = (*SIGNED, "series.unknown", "plan.date_unknown", "schedule.faulty", "plan.stale")
OF_PERSON = (*SIGNED, "series.unknown", "person.unknown", "plan.stale", "invitation.invalid")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Planning:
    """The services of planning, as the API asks them."""

    accounts: AccountDesk
    agenda: Agenda
    ledger: Ledger
    book: PlanBook
    texts: Texts
    planner: Planner
    series: SeriesDesk
    occurrences: OccurrenceDesk
    contacts: ContactDesk
    undoing: UndoDesk
    reminding: Reminding
    checks: LinkChecks
    trail: Trail
    shelves: Shelves


def blueprint(house: House, plan: Planning) -> Blueprint:
    pages = Blueprint("planning_api", __name__)
    views = Views(house, plan.book, plan.shelves)

    def who() -> Account:
        return plan.accounts.who(session_of(house))

    def body(kind: type[T]) -> T:
        return read(kind, BODY_MAX)

    def told(given: object) -> Response:
        return encoded(given, "no-store")

    def series_told(saved: Saved) -> Response:
        row = saved.row
        return told(views.series(row, plan.series.document(row), plan.series.faults(row), saved.trail))

    def occurrence_told(series_id: str, key: str, trail: int = 0) -> Response:
        planned = plan.book.occurrence(series_id, key)
        row = plan.book.row(series_id)
        document = plan.texts.document(row.text)
        if planned.row is not None and planned.row.programme:
            document |= plan.texts.document(planned.row.programme)
        programme: dict[str, Any] = {name: document[name] for name in OWN_KEYS if name in document}
        rehearsal = plan.occurrences.rehearsal(series_id, key)
        return told(views.occurrence(row, planned, programme, rehearsal, trail))

    def kept_told(kept: Kept) -> Response:
        return occurrence_told(kept.planned.series.id, kept.planned.occurrence.key, kept.trail)

    @pages.before_request
    def own_pages_alone() -> None:
        if request.method not in ("GET", "HEAD"):
            refuse_foreign()
        request.max_content_length = BODY_MAX

    # --- all ---

    @pages.get("/api/plan/overview")
    @described("All series, and what organizers must know.", gives=shapes.Overview, refuses=SIGNED, signed_in=True)
    def overview() -> Response:
        account = who()
        rows = plan.series.all(account)
        notices = [entry for entry in plan.trail.of_series("", 200) if entry.kind in NOTICES][:NOTICES_SHOWN]
        return told(
            shapes.Overview(
                now_ms=views.now_ms,
                tzdata=plan.planner.tzdata,
                account=shapes.AccountTold(account.name, account.mail, account.role),
                sends_mail=plan.accounts.sends_mail,
                mail_fault=plan.accounts.mail_fault or plan.reminding.mail_fault,
                series=[views.line(row) for row in rows],
                notices=[trail_told(entry) for entry in notices],
            )
        )

    @pages.get("/api/plan/agenda")
    @described(
        "All dates of some years.",
        gives=shapes.Rows,
        query={"from": int, "years": int},
        refuses=(*SIGNED, "message.invalid"),
        signed_in=True,
    )
    def agenda() -> Response:
        rows = plan.series.all(who())
        first = _number("from", views.today().year, FIRST_YEAR, LAST_YEAR)
        years = _number("years", 1, 1, 10)
        found = views.of_agenda(rows, date(first, 1, 1), date(first + years - 1, 12, 31))
        return told(shapes.Rows(found))

    @pages.get("/api/plan/forms")
    @described("What can be written in a series.", gives=shapes.Forms, refuses=SIGNED, signed_in=True)
    def all_forms() -> Response:
        who()
        return told(
            shapes.Forms(
                forms=forms(),
                languages=[shapes.LanguageTold(tag, own_name(tag)) for tag in LANGUAGES],
                zones=list(zones.known()),
                countries=[shapes.CountryTold(code, name) for code, name in sorted_for(tongue().spoken)],
            )
        )

    @pages.post("/api/plan/preview")
    @described(
        "What would follow from what is being typed; nothing is kept.",
        takes=shapes.Preview,
        gives=shapes.Previewed,
        refuses=SIGNED,
        signed_in=True,
    )
    def preview() -> Response:
        account, asked = who(), body(shapes.Preview)
        row = next((one for one in plan.series.all(account) if one.id == asked.id), None)
        if row is not None and asked.key:
            document = {**plan.texts.document(row.text), **asked.document}
        else:
            document = asked.document
        series, faults = plan.series.preview(asked.id, document, row)
        shown = row or SeriesRow(asked.id or "new", "site", "", 1, views.now_ms)
        return told(views.previewed(shown, series, faults))

    # --- one series ---

    @pages.post("/api/plan/series")
    @described(
        "Make a series: a draft.",
        takes=shapes.NewSeries,
        gives=shapes.SeriesTold,
        refuses=(*SIGNED, "series.exists", "words.not_allowed", "schedule.faulty"),
        signed_in=True,
    )
    def make() -> Response:
        asked = body(shapes.NewSeries)
        return series_told(plan.series.make(who(), asked.id, asked.document))

    @pages.get("/api/plan/series/<series_id>")
    @described(
        "A series, whole.", gives=shapes.SeriesTold, refuses=(*SIGNED, "series.unknown", "schedule.faulty"),
        signed_in=True,
    )  # fmt: skip
    def one(series_id: str) -> Response:
        return series_told(Saved(plan.series.row(who(), series_id)))

    @pages.put("/api/plan/series/<series_id>")
    @described(
        "Save a series; what is published is planned anew.",
        takes=shapes.SavedSeries,
        gives=shapes.SeriesTold,
        refuses=CHANGING,
        signed_in=True,
    )
    def save(series_id: str) -> Response:
        asked = body(shapes.SavedSeries)
        return series_told(plan.series.save(who(), series_id, asked.version, asked.document))

    def deed(name: str, summary: str, do: Callable[[Account, str, int], Saved]) -> None:
        @described(summary, takes=shapes.AtVersion, gives=shapes.SeriesTold, refuses=CHANGING, signed_in=True)
        def view(series_id: str) -> Response:
            asked = body(shapes.AtVersion)
            return series_told(do(who(), series_id, asked.version))

        pages.add_url_rule(f"/api/plan/series/<series_id>/{name}", name, view, methods=["POST"])

    deed("publish", "Show a series and plan its next ceremony.", plan.series.publish)
    deed("unpublish", "Make a series a draft again.", plan.series.unpublish)
    deed("remove", "Take a series out.", plan.series.remove)
    deed("restore", "Bring a series back that was taken out.", plan.series.restore)
    deed("adopt", "Write a series here from now on, and no more in its file.", plan.series.adopt)

    @pages.get("/api/plan/series/<series_id>/export.toml")
    @described("A series as a schedule file.", gives="application/toml", refuses=(*SIGNED, "series.unknown"),
               signed_in=True)  # fmt: skip
    def export(series_id: str) -> Response:
        row = plan.series.row(who(), series_id)
        response = Response(row.text, mimetype="application/toml", headers={"Cache-Control": "no-store"})
        response.headers["Content-Disposition"] = f'attachment; filename="{row.id}.toml"'
        return response

    @pages.post("/api/plan/series/<series_id>/next")
    @described(
        "Make the next ceremony, with programme, notes and people of the last one.",
        takes=shapes.Nothing,
        gives=shapes.OccurrenceTold,
        refuses=(*SIGNED, "series.unknown", "schedule.faulty", "plan.nothing_ahead"),
        signed_in=True,
    )
    def make_next(series_id: str) -> Response:
        body(shapes.Nothing)
        return kept_told(plan.occurrences.next(who(), series_id))

    # --- one date ---

    @pages.get("/api/plan/series/<series_id>/on/<key>")
    @described("One date of a series, whole.", gives=shapes.OccurrenceTold, refuses=DATED, signed_in=True)
    def occurrence(series_id: str, key: str) -> Response:
        plan.occurrences.at(who(), series_id, key)
        return occurrence_told(series_id, key)

    @pages.put("/api/plan/series/<series_id>/on/<key>")
    @described(
        "Save the programme of one date and the notes.",
        takes=shapes.SavedOccurrence,
        gives=shapes.OccurrenceTold,
        refuses=(*DATED, "words.not_allowed"),
        signed_in=True,
    )
    def save_occurrence(series_id: str, key: str) -> Response:
        asked = body(shapes.SavedOccurrence)
        return kept_told(plan.occurrences.save(who(), series_id, key, asked.version, asked.document, asked.notes))

    @pages.post("/api/plan/series/<series_id>/on/<key>/depart")
    @described(
        "Move or cancel one date, hold one beside the rule, confirm it, or keep to the rule again.",
        takes=shapes.Depart,
        gives=shapes.SeriesTold,
        refuses=(*CHANGING, "plan.date_unknown"),
        signed_in=True,
    )
    def depart(series_id: str, key: str) -> Response:
        asked = body(shapes.Depart)
        return series_told(
            plan.occurrences.depart(
                who(), series_id, key, asked.version, asked.kind, asked.to or None, asked.time or None, asked.reason
            )
        )

    @pages.post("/api/plan/series/<series_id>/on/<key>/check")
    @described(
        "Look at the links of its programme now.",
        takes=shapes.Nothing,
        gives=shapes.Checks,
        refuses=DATED,
        signed_in=True,
    )
    def check(series_id: str, key: str) -> Response:
        body(shapes.Nothing)
        plan.occurrences.at(who(), series_id, key)
        found = [
            shapes.CheckTold(each.item_id, each.link, each.at_ms, each.ok, each.said)
            for name in plan.book.ceremonies(series_id, key).values()
            if house.find(name) is not None
            for each in plan.checks.check_now(name)
        ]
        return told(shapes.Checks(found))

    @pages.post("/api/plan/series/<series_id>/on/<key>/rehearse")
    @described(
        "Make a rehearsal, which only those with its links can see.",
        takes=shapes.Nothing,
        gives=shapes.OccurrenceTold,
        refuses=DATED,
        signed_in=True,
    )
    def rehearse(series_id: str, key: str) -> Response:
        body(shapes.Nothing)
        return kept_told(plan.occurrences.rehearse(who(), series_id, key))

    @pages.post("/api/plan/series/<series_id>/on/<key>/wipe")
    @described(
        "Wipe the rehearsal.",
        takes=shapes.Nothing,
        gives=shapes.OccurrenceTold,
        refuses=(*DATED, "rehearsal.none"),
        signed_in=True,
    )
    def wipe(series_id: str, key: str) -> Response:
        body(shapes.Nothing)
        return kept_told(plan.occurrences.wipe(who(), series_id, key))

    # --- its people ---

    @pages.post("/api/plan/series/<series_id>/on/<key>/invite")
    @described(
        "Invite people of the series to one date.",
        takes=shapes.Chosen,
        gives=shapes.OccurrenceTold,
        refuses=(*DATED, "person.unknown"),
        signed_in=True,
    )
    def invite(series_id: str, key: str) -> Response:
        trail = plan.contacts.invite(who(), series_id, key, body(shapes.Chosen).contacts)
        return occurrence_told(series_id, key, trail)

    @pages.post("/api/plan/series/<series_id>/on/<key>/uninvite")
    @described(
        "Take somebody out of those invited.",
        takes=shapes.One,
        gives=shapes.OccurrenceTold,
        refuses=(*DATED, "person.unknown"),
        signed_in=True,
    )
    def uninvite(series_id: str, key: str) -> Response:
        trail = plan.contacts.uninvite(who(), series_id, key, body(shapes.One).contact)
        return occurrence_told(series_id, key, trail)

    @pages.post("/api/plan/series/<series_id>/on/<key>/send")
    @described(
        "Send invitations by mail to people who are invited.",
        takes=shapes.Chosen,
        gives=shapes.OccurrenceTold,
        refuses=(*DATED, "person.unknown", "plan.not_published"),
        signed_in=True,
    )
    def send(series_id: str, key: str) -> Response:
        asked, account = body(shapes.Chosen), who()
        plan.occurrences.at(account, series_id, key)
        plan.contacts.send(account, series_id, key, asked.contacts, plan.reminding.invite_by_mail)
        return occurrence_told(series_id, key)

    @pages.post("/api/plan/due/again")
    @described(
        "Do once more what has failed.",
        takes=shapes.Numbered,
        gives=shapes.DoneTold,
        refuses=(*SIGNED, "plan.undo_unknown"),
        signed_in=True,
    )
    def again() -> Response:
        asked = body(shapes.Numbered)
        plan.contacts.again(who(), asked.id)
        return told(shapes.DoneTold())

    @pages.get("/api/plan/series/<series_id>/people")
    @described("The people of a series.", gives=shapes.PeopleTold, refuses=(*SIGNED, "series.unknown"), signed_in=True)
    def people(series_id: str) -> Response:
        return told(shapes.PeopleTold([person(one) for one in plan.contacts.of_series(who(), series_id)]))

    @pages.post("/api/plan/series/<series_id>/people")
    @described(
        "Add people, all or none.",
        takes=shapes.NewPeople,
        gives=shapes.PeopleTold,
        refuses=(*OF_PERSON, "invitation.unreadable"),
        signed_in=True,
    )
    def add_people(series_id: str) -> Response:
        asked, account = body(shapes.NewPeople), who()
        fields: list[dict[str, Any]] = [one.fields() for one in asked.people]
        if asked.csv:
            fields += _table(asked.csv)
        added, trail = plan.contacts.add(account, series_id, fields)
        found = [person(one) for one in plan.contacts.of_series(account, series_id)]
        return told(shapes.PeopleTold(found, added, trail))

    @pages.put("/api/plan/series/<series_id>/people/<contact_id>")
    @described(
        "Change what is written of somebody.",
        takes=shapes.ChangedPerson,
        gives=shapes.PersonChanged,
        refuses=OF_PERSON,
        signed_in=True,
    )
    def change_person(series_id: str, contact_id: str) -> Response:
        asked = body(shapes.ChangedPerson)
        written = plan.contacts.change(who(), series_id, contact_id, asked.version, asked.fields())
        return told(shapes.PersonChanged(person(written.contact), written.trail))

    @pages.post("/api/plan/series/<series_id>/people/<contact_id>/remove")
    @described(
        "Take somebody out of the people of a series.",
        takes=shapes.AtVersion,
        gives=shapes.DoneTold,
        refuses=OF_PERSON,
        signed_in=True,
    )
    def remove_person(series_id: str, contact_id: str) -> Response:
        asked = body(shapes.AtVersion)
        return told(shapes.DoneTold(trail=plan.contacts.remove(who(), series_id, contact_id, asked.version)))

    @pages.post("/api/plan/series/<series_id>/people/<contact_id>/memory")
    @described(
        "Remember somebody who has died: no mail any more; their testimony stays.",
        takes=shapes.InMemory,
        gives=shapes.PersonChanged,
        refuses=OF_PERSON,
        signed_in=True,
    )
    def remember(series_id: str, contact_id: str) -> Response:
        asked = body(shapes.InMemory)
        written = plan.contacts.remember(who(), series_id, contact_id, asked.version, in_memory=asked.in_memory)
        return told(shapes.PersonChanged(person(written.contact), written.trail))

    @pages.post("/api/plan/check-link")
    @described("Look behind one link.", takes=shapes.AskedLink, gives=shapes.LinkLooked, refuses=SIGNED, signed_in=True)
    def check_link() -> Response:
        who()
        found = plan.checks.check_link(body(shapes.AskedLink).link)
        return told(shapes.LinkLooked(found.ok, found.provider, found.said))

    # --- what was done ---

    @pages.get("/api/plan/trail")
    @described(
        "Who changed what, the latest first.",
        gives=shapes.TrailPage,
        query={"series": str, "before": int},
        refuses=(*SIGNED, "message.invalid"),
        signed_in=True,
    )
    def trail() -> Response:
        before = _number("before", 0, 0, 2**53) or None
        entries = plan.undoing.trail(who(), request.args.get("series", "")[:40], before)
        return told(shapes.TrailPage([trail_told(entry) for entry in entries]))

    @pages.post("/api/plan/undo")
    @described(
        "Take back what was done.",
        takes=shapes.Numbered,
        gives=shapes.UndoneTold,
        refuses=(*SIGNED, "plan.undo_unknown", "plan.undo_stale", "plan.stale", "ceremony.live"),
        signed_in=True,
    )
    def undo() -> Response:
        return told(shapes.UndoneTold(trail_told(plan.undoing.undo(who(), body(shapes.Numbered).id))))

    return pages


def _number(name: str, default: int, least: int, most: int) -> int:
    text = request.args.get(name, "")
    if not text:
        return default
    if text.isascii() and text.isdigit() and len(text) < 18 and least <= int(text) <= most:
        return int(text)
    raise Refused("message.invalid", path=name, reason=f"no number from {least} to {most}")


def _table(text: str) -> list[dict[str, Any]]:
    try:
        rows = read_table(text.encode("utf-8", "replace"), FIELDS, ("name",))
    except TableFault as fault:
        raise Refused("invitation.unreadable", reason=str(fault), line=fault.line) from None
    return [{**row.cells, "where": str(row.line)} for row in rows]
