"""How pages and programs are told no: a refusal in one shape, a kind page for people, never a trace."""

from typing import Any

import msgspec
import structlog
from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BareResponse

from memorata.adapters.http.house import House
from memorata.adapters.http.limits import after_s
from memorata.adapters.http.showing import tongue
from memorata.domain.errors import Refused
from memorata.services.ports import StoreBusy

log = structlog.get_logger(__name__)

STATUS = {
    "account.mail_invalid": 422,
    "account.password_weak": 422,
    "account.unknown": 404,
    "ceremony.unknown": 404,
    "ceremony.full": 503,
    "defect": 500,
    "enter.busy": 503,
    "link.unknown": 404,
    "link.revoked": 403,
    "link.pin_needed": 403,
    "link.pin_wrong": 403,
    "link.pin_locked": 429,
    "code.unknown": 404,
    "code.locked": 429,
    "door.closed": 403,
    "door.waiting": 403,
    "door.refused": 403,
    "person.removed": 403,
    "person.banned": 403,
    "invitation.invalid": 422,
    "invitation.unreadable": 422,
    "invitation.unknown": 404,
    "hall.unknown": 404,
    "request.foreign": 403,
    "setup.code_wrong": 403,
    "sign_in.link_used": 410,
    "sign_in.needed": 401,
    "sign_in.wrong": 401,
    "token.missing": 401,
    "token.unknown": 401,
    "retry": 503,
    "role.not_allowed": 403,
    "words.not_allowed": 422,
    "message.invalid": 400,
    "message.not_json": 415,
    "message.too_large": 413,
    "message.too_many": 429,
    "plan.date_unknown": 404,
    "plan.undo_unknown": 404,
    "recording.too_long": 413,
    "recording.unknown": 404,
    "rehearsal.none": 404,
    "schedule.faulty": 422,
    "series.unknown": 404,
    "page.method": 405,
    "page.unknown": 404,
    "request.host_unknown": 421,
    "request.origin_not_allowed": 403,
    "request.too_many": 429,
    "store.busy": 503,
}
"""Statuses of codes; what is not here is 409, refused as things stand."""


class Refusal(msgspec.Struct, frozen=True):
    """How a program is told no: a stable `code`, a sentence for people, and the facts that explain it."""

    code: str
    message: str
    facts: dict[str, Any]


def for_programs() -> bool:
    """Whether a program reads the answer."""
    path = request.path
    return (
        path.startswith(("/api/", "/.well-known/"))
        or path.endswith((".json", "/clock", "/health"))
        or request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
    )


def answer(status: int, code: str, message: str, facts: dict[str, object] | None = None) -> Response:
    """The one shape of an error: {code, message, facts}."""
    body = msgspec.json.encode(Refusal(code, message, facts or {}))
    return Response(body, status, mimetype="application/json", headers={"Cache-Control": "no-store"})


def sentence(code: str) -> str:
    """What a refusal means, in the language of the page."""
    _ = tongue().catalogue.gettext
    sentences = {
        "link.revoked": _("This link is no longer in use."),
        "account.exists": _("There is an account with this mail address already."),
        "account.last_admin": _("This is the last admin. Make somebody else an admin first."),
        "account.mail_invalid": _("This is no mail address. It looks like name@example.org."),
        "account.password_weak": _(
            "A password needs at least 12 characters, and may not be your mail address. Three or four words are good."
        ),
        "account.unknown": _("There is no such account."),
        "enter.busy": _("Many people are arriving. Please wait a moment and try again."),
        "message.too_many": _("Too many tries. Please wait five minutes and try again."),
        "request.foreign": _("This was asked by a page of another site, so nothing was done."),
        "role.not_allowed": _("This is not for your account."),
        "setup.code_wrong": _(
            "This set-up code is not right, or it has been used. The server shows it when it starts."
        ),
        "sign_in.link_used": _("This link is not good any more. Have a new one sent to you."),
        "sign_in.needed": _("You are signed out. Please sign in."),
        "sign_in.wrong": _("The mail address or the password is not right."),
        "link.unknown": _("This link is not known. It may have been replaced by a new one."),
        "ceremony.unknown": _("There is no ceremony at this address."),
        "series.unknown": _("There is no series of ceremonies at this address."),
        "plan.date_unknown": _("There is no ceremony of this series on this day."),
        "ceremony.full": _("So many people have come that this server has no more seats. You can watch without one."),
        "seats.full": _(
            "All seats are taken. You see and hear the whole ceremony, and are let in as soon as there is room."
        ),
        "token.missing": _("Please open your link again."),
        "link.pin_needed": _(
            "This link has been opened in another browser. Its PIN, which was sent apart, opens it here."
        ),
        "link.pin_wrong": _("This is not the PIN of this link."),
        "link.pin_locked": _("Too many PINs have been tried. Please wait a while."),
        "code.unknown": _("This number is not known here. Please look at it once more, or ring us."),
        "code.locked": _("Too many numbers have been tried. Please wait a while, or open the link of your letter."),
        "door.closed": _("The doors are closed. You can watch without a seat."),
        "door.waiting": _("Please wait at the door: somebody will let you in."),
        "door.refused": _("You have not been let in. You can watch without a seat."),
        "person.removed": _("You have been asked to leave. You can watch without a seat."),
        "person.banned": _("You cannot come in here. Please ring us if this is a mistake."),
        "token.unknown": _("Please open your link again."),
        "words.not_allowed": _(
            "This cannot be written here: it is too long, empty, or contains characters that are not shown."
        ),
        "message.invalid": _("The request was not understood."),
        "message.not_json": _("The request was not understood."),
        "message.too_large": _("The request is too large."),
        "ceremony.cancelled": _("This ceremony is not held."),
        "reply.over": _("This ceremony is over."),
        "store.busy": _("Please wait a moment and try again."),
        "request.too_many": _("There have been very many requests from here. Please wait a moment, then try again."),
        "page.unknown": _("There is no page at this address."),
        "defect": _("Something went wrong on our side. Please try again in a moment."),
    }
    return sentences.get(code, _("This is not possible now."))


def kind_page(status: int, code: str, house: House) -> Response:
    """What a person reads instead of the page."""
    _ = tongue().catalogue.gettext
    if status == 404:
        title = _("We could not find this")
        lines = [
            sentence(code),
            _(
                "Please look at the address once more: a letter may be missing. "
                "If somebody sent you the link, open it from their message."
            ),
        ]
    elif code == "link.revoked":
        title = _("This link is no longer in use")
        lines = [_("Please look for a newer message from the organizers, or ask the person who invited you.")]
    elif status >= 500:
        title = _("One moment, please")
        lines = [sentence(code), _("You do not need to do anything else; nothing of yours is lost.")]
    else:
        title = _("This is not possible")
        lines = [sentence(code)]
    page = render_template("sorry.html", title=title, lines=lines, number=telephone(house))
    return Response(page, status, headers={"Cache-Control": "no-store"})


def telephone(house: House) -> str:
    """The organizer's telephone, when all ceremonies here share one."""
    try:
        numbers = {shown.programme.telephone for shown in house.ceremonies() if shown.programme.telephone}
    except StoreBusy:
        return ""
    return numbers.pop() if len(numbers) == 1 else ""


def respond(status: int, code: str, house: House, facts: dict[str, object] | None = None) -> Response:
    if for_programs():
        response = answer(status, code, sentence(code), facts)
    else:
        response = kind_page(status, code, house)
    if status in (429, 503):
        response.headers["Retry-After"] = str((facts or {}).get("after_s", 2))
    return response


def blueprint(house: House) -> Blueprint:
    pages = Blueprint("errors", __name__)

    @pages.app_errorhandler(Refused)
    def refused(refusal: Refused) -> Response:
        return respond(STATUS.get(refusal.code, 409), refusal.code, house, dict(refusal.facts))

    @pages.app_errorhandler(StoreBusy)
    def busy(_: StoreBusy) -> Response:
        return respond(503, "store.busy", house)

    @pages.app_errorhandler(HTTPException)
    def http(fault: HTTPException) -> BareResponse:
        status = fault.code or 500
        if status < 400 or (fault.response is not None and status < 500):
            # Redirects are answers of their own.
            return fault.get_response()
        codes = {
            404: "page.unknown",
            405: "page.method",
            413: "message.too_large",
            415: "message.not_json",
            429: "request.too_many",
        }
        facts: dict[str, object] = {"after_s": after_s()} if status == 429 else {}
        response = respond(status, codes.get(status, "defect" if status >= 500 else "message.invalid"), house, facts)
        for name, value in fault.get_headers():
            if name in ("Allow", "Content-Range"):
                response.headers[name] = value
        return response

    @pages.app_errorhandler(Exception)
    def defect(fault: Exception) -> Response:
        log.error("page.defect", method=request.method, endpoint=request.endpoint, exc_info=fault)
        return respond(500, "defect", house)

    return pages
