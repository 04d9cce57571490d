"""The organizers' pages of planning: one shell for all of them, which the client fills."""

from flask import Blueprint, Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from memorata import i18n
from memorata.adapters.http.account import session_of
from memorata.adapters.http.client import bundle
from memorata.adapters.http.errors import STATUS, respond
from memorata.adapters.http.house import House
from memorata.adapters.http.language import own_name
from memorata.adapters.http.openapi import LANGUAGE, described
from memorata.adapters.http.showing import dress, in_page, tongue
from memorata.adapters.zones import known
from memorata.domain.errors import Refused
from memorata.domain.roles import permit_deed
from memorata.resources import web_dir
from memorata.services.accounts import AccountDesk

BASE = "/plan"


def blueprint(house: House, accounts: AccountDesk) -> Blueprint:
    pages = Blueprint("planning", __name__)

    def shell() -> Response:
        account, spoken = accounts.who(session_of(house)), tongue()
        permit_deed(account.role, "plan.see")
        boot = {
            "base": BASE,
            "language": spoken.spoken,
            "cities": {zone: spoken.city(zone) for zone in known()},
            "languages": [(tag, own_name(tag)) for tag in i18n.languages()],
            "account": {"name": account.name, "mail": account.mail, "role": account.role},
        }
        page = render_template("plan.html", client=bundle(web_dir(), "planning", spoken.spoken), boot=in_page(boot))
        return dress(page, "no-store")

    @pages.errorhandler(Refused)
    def refused(refusal: Refused) -> BaseResponse:
        if refusal.code == "sign_in.needed":
            return redirect(url_for("account.sign_in_page"), 303)
        return respond(STATUS.get(refusal.code, 409), refusal.code, house, dict(refusal.facts))

    @pages.get(BASE)
    @described(
        "Where organizers plan: their series.",
        query=LANGUAGE,
        refuses=("role.not_allowed",),
        signed_in=True,
        also={303: "Nobody is signed in."},
    )
    def start() -> Response:
        return shell()

    @pages.get(f"{BASE}/<path:place>")
    @described(
        "Where organizers plan: a series, a date, the calendar of a year.",
        query=LANGUAGE,
        refuses=("role.not_allowed",),
        signed_in=True,
        also={303: "Nobody is signed in."},
    )
    def below(place: str) -> Response:
        return shell()

    return pages
