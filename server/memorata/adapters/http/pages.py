"""The doors: the list of ceremonies, and the pages that personal links open."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from memorata.adapters.codec import plain
from memorata.adapters.http.house import House, Opened, Shown
from memorata.adapters.http.openapi import LANGUAGE, described
from memorata.adapters.http.order import AFTERWARDS_MS, ends_ms
from memorata.adapters.http.series import next_of
from memorata.adapters.http.showing import dress
from memorata.adapters.http.stage import stage_page
from memorata.domain.errors import Refused
from memorata.domain.programme import moment
from memorata.domain.roles import is_staff
from memorata.services.plans import Plans
from memorata.services.snapshots import public_hall, public_programme

MOST_PEOPLE = 500


def blueprint(house: House, plans: Plans) -> Blueprint:
    pages = Blueprint("pages", __name__)

    @pages.get("/")
    @described("The ceremonies to come.", query=LANGUAGE)
    def index() -> Response:
        now_ms = house.clock.now_ms()
        series = sorted(
            ((each, next_of(house, each, now_ms, plans)) for each in plans.published()),
            key=lambda each: (each[1] is None, each[1].starts_ms if each[1] is not None else 0),
        )
        within = {each.id for each, _ in series}
        # What belongs to a series is told with it, all its sites as one.
        shown = [each for each in house.ceremonies() if is_ahead(each, now_ms) and each.programme.series not in within]
        shown.sort(key=lambda each: each.programme.starts_ms)
        live = {
            each.ceremony_id
            for each in shown
            if each.programme.cancelled is None
            and moment(each.programme, each.state.progress, now_ms).phase in ("lobby", "item")
        }
        ceremonies = [public_programme(each.programme) for each in shown]
        return dress(render_template("index.html", series=series, ceremonies=ceremonies, live=live))

    @pages.get("/e/<key>")
    @described(
        "The page of a participant; of a hall, where the link is a hall's.",
        query=LANGUAGE,
        refuses=("link.unknown",),
        also={302: "The link is a host's: to their page."},
    )
    def participant(key: str) -> BaseResponse:
        opened = house.opened_by(key)
        if is_staff(opened.role):
            return redirect(url_for("pages.host", key=key))
        if opened.hall is not None:
            return _hall(key, opened)
        return stage_page(house, opened.shown, "participant", key=key)

    @pages.get("/e/<key>/hall")
    @described(
        "The page for a hall: many people before one screen.",
        query={"people": int, **LANGUAGE},
        refuses=("link.unknown",),
    )
    def hall(key: str) -> Response:
        return _hall(key, house.opened_by(key))

    @pages.get("/h/<key>")
    @described("The page of a host or moderator.", query=LANGUAGE, refuses=("link.unknown",))
    def host(key: str) -> Response:
        opened = house.opened_by(key)
        if not is_staff(opened.role):
            # Said in the same way as for a link that does not exist.
            raise Refused("link.unknown")
        # The link alone shows no more than the public sees: it may have been exchanged in another browser.
        return stage_page(house, opened.shown, "host", key=key)

    def _hall(key: str, opened: Opened) -> Response:
        """With the hall itself where the link is a hall's own: then it has a camera."""
        people = max(1, min(MOST_PEOPLE, request.args.get("people", default=1, type=int)))
        own = {} if opened.hall is None else {"hall": plain(public_hall(opened.hall))}
        return stage_page(house, opened.shown, "hall", key=key, people=people, **own)

    return pages


def is_ahead(shown: Shown, now_ms: int) -> bool:
    return shown.state.progress.closed_ms is None and now_ms < ends_ms(shown.programme) + AFTERWARDS_MS
