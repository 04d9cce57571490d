"""Where the links of a reminder lead: saying whether one comes, the ceremony for one's calendar, no more mails.

Opening a page changes nothing, for programs that look through mails open every link; a press on the page does.
"""

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from memorata.adapters.http import language
from memorata.adapters.http.house import House
from memorata.adapters.http.letters import address
from memorata.adapters.http.limits import link_guessing
from memorata.adapters.http.openapi import LANGUAGE, described
from memorata.adapters.http.showing import dress, tongue
from memorata.adapters.letters import Letters
from memorata.adapters.letters.writing import hours
from memorata.domain.errors import Refused
from memorata.domain.items import Text
from memorata.services.planning_ports import Answer, Contact
from memorata.services.reminding import Note, Reminding, Reply

FORM_MAX = 4_000
"""Bytes of what a page or a mail provider sends."""

ONE_CLICK = ("List-Unsubscribe", "One-Click")
"""RFC 8058, 3.1: the provider of somebody's mail box presses in their name."""

ANSWERS: dict[str, Answer] = {"coming": "coming", "cannot": "cannot"}
ASKED = {**LANGUAGE, "answer": str}
OPENS = ("link.unknown", "link.revoked")
FORM = (*OPENS, "message.invalid", "message.not_json", "message.too_large")


def blueprint(house: House, reminding: Reminding, letters: Letters) -> Blueprint:
    pages = Blueprint("replies", __name__)

    @pages.get("/r/<reply>")
    @described("Where somebody says whether they come.", query=ASKED, refuses=OPENS)
    def page(reply: str) -> Response:
        with link_guessing():
            found = reminding.of(reply)
        _speak(found.contact, found.series.languages)
        now_ms = house.clock.now_ms()
        shown = render_template(
            "reply.html",
            reply=reply,
            contact=found.contact,
            series=found.series,
            occurrence=found.occurrence,
            place=found.held.place,
            hours=hours(tongue(), found.starts_ms, found.held.zone, found.zone),
            at=hours(tongue(), found.starts_ms, found.held.zone, found.zone)[0],
            answer=found.guest.answer,
            wanted=ANSWERS.get(request.args.get("answer", ""), ""),
            over=now_ms >= found.ends_ms,
            own=address(house.base_url, found.issued) if found.issued is not None else "",
        )
        return dress(shown, "no-store")

    @pages.post("/r/<reply>")
    @described(
        "Say whether one comes: a form with `answer`, `coming` or `cannot`; another time it changes.",
        refuses=(*FORM, "ceremony.cancelled", "reply.over"),
        also={303: "It is written down."},
    )
    def say(reply: str) -> BaseResponse:
        answer = ANSWERS.get(_form().get("answer", ""))
        if answer is None:
            raise Refused("message.invalid", path="answer", reason="coming or cannot")
        with link_guessing():
            reminding.answer(reply, answer)
        return redirect(url_for("replies.page", reply=reply, lang=_chosen()), 303)

    @pages.get("/r/<reply>/calendar.ics")
    @described("The ceremony for somebody's calendar.", gives="text/calendar", query=LANGUAGE, refuses=OPENS)
    def calendar(reply: str) -> Response:
        with link_guessing():
            found = reminding.of(reply)
        _speak(found.contact, found.series.languages)
        attached = letters.calendar(tongue(), _note(found, reply, house.clock.now_ms()))
        response = Response(attached.content, mimetype=attached.media_type)
        response.headers["Content-Disposition"] = f'attachment; filename="{attached.name}"'
        response.headers["Cache-Control"] = "no-store"
        return response

    @pages.get("/r/<reply>/unsubscribe")
    @described("Where somebody asks for no more mails.", query=LANGUAGE, refuses=("link.unknown",))
    def unsubscribe_page(reply: str) -> Response:
        with link_guessing():
            contact, title = reminding.subscriber(reply)
        return _subscription(reply, contact, title)

    @pages.post("/r/<reply>/unsubscribe")
    @described(
        "No more mails: a form with `mails=no`, or what a mail provider sends (RFC 8058); `mails=yes`: mails again.",
        refuses=("link.unknown", *FORM),
        also={303: "It is written down."},
    )
    def unsubscribe(reply: str) -> BaseResponse:
        form = _form()
        one_click = form.get(ONE_CLICK[0]) == ONE_CLICK[1]
        if not one_click and form.get("mails") not in ("no", "yes"):
            raise Refused("message.invalid", path="mails", reason="no or yes")
        with link_guessing():
            reminding.unsubscribe(reply, wanted=not one_click and form["mails"] == "yes")
            if not one_click:
                return redirect(url_for("replies.unsubscribe_page", reply=reply, lang=_chosen()), 303)
            # A provider follows no redirection.
            contact, title = reminding.subscriber(reply)
        return _subscription(reply, contact, title)

    def _subscription(reply: str, contact: Contact, title: Text) -> Response:
        _speak(contact, tuple(title))
        return dress(render_template("unsubscribe.html", reply=reply, contact=contact, title=title), "no-store")

    return pages


def _speak(contact: Contact, languages: tuple[str, ...]) -> None:
    """The page speaks as the mail does, unless another language is chosen on it."""
    asked = (request.args.get("lang", ""), contact.language)
    g.tongue = language.choose([tag for tag in asked if tag], languages)


def _chosen() -> str | None:
    """The language that was chosen on the page, for the next."""
    return request.args.get("lang") or None


def _form() -> dict[str, str]:
    """Raises: RequestEntityTooLarge"""
    request.max_content_length = request.max_form_memory_size = FORM_MAX
    request.max_form_parts = 10
    return request.form.to_dict()


def _note(found: Reply, token: str, now_ms: int) -> Note:
    return Note(
        what="cancel" if found.occurrence.cancelled else "reminder",
        contact=found.contact,
        series=found.series,
        occurrence=found.occurrence,
        kept=found.kept,
        held=found.held,
        starts_ms=found.starts_ms,
        zone=found.zone,
        token=token,
        name="",
        now_ms=now_ms,
        issued=found.issued,
    )
