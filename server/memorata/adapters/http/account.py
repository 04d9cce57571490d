"""Organizers and admins: signing in and out, the first set-up, and the desk from which they open the consoles.

Whoever has signed in keeps a random word in a cookie; what it is good for is looked up at each request.
"""

import time
from collections import deque
from collections.abc import Callable
from hashlib import blake2s
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from memorata.adapters.http.entry import Description, Line, read
from memorata.adapters.http.errors import STATUS, respond
from memorata.adapters.http.house import House, addresses
from memorata.adapters.http.limits import salted
from memorata.adapters.http.openapi import LANGUAGE, described
from memorata.adapters.http.pages import is_ahead
from memorata.adapters.http.showing import dress, encoded, tongue
from memorata.adapters.http.stage import stage_page
from memorata.adapters.sockets import wire
from memorata.adapters.sockets.telling import me
from memorata.domain.accounts import PASSWORD_LEAST, AccountRole
from memorata.domain.errors import Refused
from memorata.domain.programme import moment
from memorata.domain.roles import at_least
from memorata.services.accounts import SESSION_MS, AccountDesk, Compose, SignedIn
from memorata.services.keys import digest
from memorata.services.ports import Account, Letter
from memorata.services.snapshots import public_programme
from memorata.services.wrongs import Share, by_itself

GUESSES, WITHIN_S = 20, 300.0
"""How many tries of one kind are heard from one address, or for one account, in how long."""

MAILS, MAILS_WITHIN_S = 5, 1200.0
"""How many links are sent to one address in how long."""

KEYS_MAX = 20_000

AllowGuess = Callable[[str, str], bool]
"""Whether one more try of a kind is heard from an address."""

Secret = Annotated[str, msgspec.Meta(max_length=1_000)]


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mail: Line
    password: Secret


class AskLink(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mail: Line


class UseLink(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`password`: a new one; empty leaves it as it is."""

    token: Line
    password: Secret = ""


class SetUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: Line
    mail: Line
    password: Secret
    name: Line = ""


class ChangePassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    new: Secret
    old: Secret = ""


class AddAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mail: Line
    role: AccountRole
    name: Line = ""


class Disable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Line


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Done(msgspec.Struct, frozen=True):
    """Where the page goes next, or what it says."""

    ok: Literal[True] = True
    next: str | msgspec.UnsetType = msgspec.UNSET
    said: str | msgspec.UnsetType = msgspec.UNSET


GUESSED = ("request.foreign", "message.too_many")
"""Where secrets could be guessed, or another site's page could ask."""


class Chair(Description, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the console says when it opens; the device is the session here."""

    device: Line = ""


class Guesses:
    """A count of tries, in memory.

    Args:
        what, share: by which name they are counted together with other workers, and how.
        salt: of this house: the others are told a hash of who tries.
    """

    def __init__(
        self,
        most: int = GUESSES,
        within_s: float = WITHIN_S,
        what: str = "",
        share: Share = by_itself,
        salt: bytes = b"",
    ) -> None:
        self._salt = salt
        self._most = most
        self._within_s = within_s
        self._tries: dict[tuple[str, str], deque[float]] = {}
        self._count = share(what, self._count_here)

    def allow(self, kind: str, address: str) -> bool:
        whose = blake2s(address.encode(), key=self._salt, digest_size=16).hexdigest()
        tries = self._tries.get((kind, whose))
        if tries and len(tries) == self._most and time.monotonic() - tries[0] < self._within_s:
            return False
        self._count(kind, whose)
        return True

    def _count_here(self, kind: str, whose: str) -> None:
        now = time.monotonic()
        if len(self._tries) > KEYS_MAX:
            self._tries = {key: tries for key, tries in self._tries.items() if now - tries[-1] < self._within_s}
        self._tries.setdefault((kind, whose), deque(maxlen=self._most)).append(now)


def refuse_foreign() -> None:
    """Only our own pages may ask for a change.

    Raises: Refused: `request.foreign`.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise Refused("request.foreign")
    elif origin is not None and urlsplit(origin).netloc != request.host:
        # Browsers of before 2023 say no more than this.
        raise Refused("request.foreign")


def is_secure(house: House) -> bool:
    return request.is_secure or house.base_url.startswith("https://")


def cookie_name(house: House) -> str:
    """A browser takes the prefix from this very host alone, and by TLS alone; at home there is none."""
    return "__Host-memorata" if is_secure(house) else "memorata"


def session_of(house: House) -> str:
    return request.cookies.get(cookie_name(house), "")


def blueprint(
    house: House, desk: AccountDesk, allow_guess: AllowGuess | None = None, share: Share = by_itself
) -> Blueprint:
    pages = Blueprint("account", __name__)
    salt = salted(house.settings.secret_key)
    allowed = Guesses(what="account", share=share, salt=salt).allow if allow_guess is None else allow_guess
    boxes = Guesses(MAILS, MAILS_WITHIN_S, "mails", share, salt)

    def guess(kind: str, whom: str | None = None) -> None:
        """Raises: Refused: `message.too_many`."""
        if not allowed(kind, request.remote_addr or "" if whom is None else whom):
            raise Refused("message.too_many", after_s=int(WITHIN_S))

    def who() -> Account:
        return desk.who(session_of(house))

    def kept(signed: SignedIn) -> Response:
        """The answer to whoever has signed in; the session that the browser had before is over."""
        if before := session_of(house):
            desk.sign_out(before)
        response = encoded(Done(next=url_for("account.desk_page")), "no-store")
        keep(response, signed.session)
        return response

    def keep(response: Response, session: str) -> None:
        response.set_cookie(
            cookie_name(house),
            session,
            max_age=SESSION_MS // 1000,
            secure=is_secure(house),
            httponly=True,
            samesite="Lax",
        )

    def page(template: str, status: int = 200, **facts: object) -> Response:
        response = dress(render_template(template, least=PASSWORD_LEAST, **facts), "no-store")
        response.status_code = status
        # The address of a page may hold the token of a link.
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    @pages.before_request
    def own_pages_alone() -> None:
        if request.method == "POST":
            refuse_foreign()

    # --- the door ---

    @pages.get("/sign-in")
    @described("Where organizers sign in.", query=LANGUAGE, also={303: "Nobody has an account yet."})
    def sign_in_page() -> BaseResponse:
        if not desk.is_set_up():
            return redirect(url_for("account.set_up_page"), 303)
        return page("sign_in.html", used=False)

    @pages.get("/sign-in/<token>")
    @described(
        "What a link in a mail opens.", query=LANGUAGE, refuses=GUESSED, also={410: "The link is not good any more."}
    )
    def link_page(token: str) -> Response:
        # Looking at it does not use it up: programs that read mails open every link.
        guess("sign_in.link")
        if not desk.is_link(token):
            return page("sign_in.html", 410, used=True)
        return page("sign_in_link.html", token=token)

    @pages.get("/setup")
    @described("Where the first admin is made.", query=LANGUAGE, also={303: "There is an account."})
    def set_up_page() -> BaseResponse:
        if desk.is_set_up():
            return redirect(url_for("account.sign_in_page"), 303)
        return page("setup.html")

    @pages.post("/api/setup")
    @described(
        "Make the first admin, by the code that the server shows when it starts.",
        takes=SetUp,
        gives=Done,
        refuses=(*GUESSED, "setup.code_wrong", "account.mail_invalid", "account.password_weak", "words.not_allowed"),
    )
    def set_up() -> Response:
        body = read(SetUp)
        guess("setup")
        return kept(desk.set_up(body.code, body.mail, body.name, body.password))

    @pages.post("/api/sign-in")
    @described(
        "Sign in with a password.",
        takes=SignIn,
        gives=Done,
        refuses=(*GUESSED, "sign_in.wrong", "enter.busy"),
    )
    def sign_in() -> Response:
        body = read(SignIn)
        guess("sign_in")
        guess("sign_in.account", body.mail.strip().lower())
        return kept(desk.sign_in(body.mail, body.password))

    @pages.post("/api/sign-in/mail")
    @described("Have a link to sign in sent.", takes=AskLink, gives=Done, refuses=GUESSED)
    def ask_link() -> Response:
        body = read(AskLink)
        guess("sign_in.mail")
        # The answer is the same for everybody, and so it is for who asks too often: nobody's box is filled.
        if boxes.allow("sign_in.mail", body.mail.strip().lower()):
            desk.ask_link(body.mail, sign_in_letter(house.base_url))
        _ = tongue().catalogue.gettext
        said = _("If this is the address of an account, a mail with a link is on its way. It is good for 20 minutes.")
        return encoded(Done(said=said), "no-store")

    @pages.post("/api/sign-in/link")
    @described(
        "Sign in by a link from a mail, once; a password given here is the new one.",
        takes=UseLink,
        gives=Done,
        refuses=(*GUESSED, "sign_in.link_used", "account.password_weak", "enter.busy"),
    )
    def use_link() -> Response:
        body = read(UseLink)
        guess("sign_in.link")
        return kept(desk.sign_in_by_link(body.token, body.password))

    @pages.post("/api/sign-out")
    @described("Sign out.", takes=Nothing, gives=Done, refuses=("request.foreign",))
    def sign_out() -> Response:
        read(Nothing)
        desk.sign_out(session_of(house))
        response = encoded(Done(next=url_for("account.sign_in_page")), "no-store")
        response.delete_cookie(cookie_name(house), secure=is_secure(house), httponly=True, samesite="Lax")
        return response

    # --- inside ---

    @pages.errorhandler(Refused)
    def refused(refusal: Refused) -> BaseResponse:
        if refusal.code == "sign_in.needed" and request.method == "GET":
            return redirect(url_for("account.sign_in_page"), 303)
        return respond(STATUS.get(refusal.code, 409), refusal.code, house, dict(refusal.facts))

    @pages.get("/desk")
    @described("The desk of an organizer.", query=LANGUAGE, signed_in=True, also={303: "Nobody is signed in."})
    def desk_page() -> Response:
        account, now_ms = who(), house.clock.now_ms()
        shown = sorted(house.ceremonies(), key=lambda each: each.programme.starts_ms)
        rows = [
            {
                "programme": public_programme(each.programme),
                "live": moment(each.programme, each.state.progress, now_ms).phase in ("lobby", "item"),
                "ahead": is_ahead(each, now_ms),
            }
            for each in shown
        ]
        admin = at_least(account.role, "admin")
        return page(
            "desk.html",
            account=account,
            ahead=[row for row in rows if row["ahead"]],
            past=[row for row in reversed(rows) if not row["ahead"]],
            accounts=desk.all(account) if admin else (),
            admin=admin,
            sends_mail=desk.sends_mail,
            mail_fault=desk.mail_fault,
        )

    @pages.get("/desk/<ceremony_id>/links")
    @described(
        "The links of a ceremony, with the PINs of the staff's.",
        query=LANGUAGE,
        refuses=("ceremony.unknown", "role.not_allowed"),
        signed_in=True,
        also={303: "Nobody is signed in."},
    )
    def links_page(ceremony_id: str) -> Response:
        account, shown = who(), house.ceremony(ceremony_id, rehearsal=True)
        desk.allow(account, "links.see_staff", ceremony=ceremony_id)
        keys = house.admission.links(ceremony_id)
        links = addresses(house.base_url, ceremony_id, keys)
        pins = {role: house.admission.pin(keys[role]) for role in ("host", "moderator")}
        return page("desk_links.html", programme=public_programme(shown.programme), links=links, pins=pins)

    @pages.get("/desk/<ceremony_id>/console")
    @described(
        "The console, for an organizer.",
        query=LANGUAGE,
        refuses=("ceremony.unknown", "role.not_allowed"),
        signed_in=True,
        also={303: "Nobody is signed in."},
    )
    def console(ceremony_id: str) -> Response:
        account, shown = who(), house.ceremony(ceremony_id, rehearsal=True)
        desk.allow(account, "console.open", ceremony=ceremony_id)
        entrance = url_for("account.enter", ceremony_id=ceremony_id)
        return stage_page(house, shown, "host", entrance=entrance, cache="no-store")

    @pages.post("/api/desk/<ceremony_id>/enter")
    @described(
        "Enter as organizer, without a link.",
        takes=Chair,
        gives=wire.Entered,
        refuses=("request.foreign", "ceremony.unknown", "role.not_allowed", "words.not_allowed"),
        signed_in=True,
    )
    def enter(ceremony_id: str) -> Response:
        body, session = read(Chair), session_of(house)
        account = desk.stay(session)
        house.ceremony(ceremony_id, rehearsal=True)
        profile = body.profile()
        if not profile.name:
            profile = msgspec.structs.replace(body, name=account.name).profile()
        entry = house.admission.enter_as(ceremony_id, "organizer", digest(session), profile)
        seated = entry.participant
        desk.allow(account, "console.open", ceremony=ceremony_id, participant=seated.id)
        entered = wire.Entered(entry.token, ceremony_id, me(seated), seated.role, entry.device, seated.standing)
        response = encoded(entered, "no-store")
        keep(response, session)
        return response

    @pages.post("/api/account/password")
    @described(
        "Change one's own password.",
        takes=ChangePassword,
        gives=Done,
        refuses=(*GUESSED, "sign_in.wrong", "account.password_weak", "enter.busy"),
        signed_in=True,
    )
    def change_password() -> Response:
        body = read(ChangePassword)
        guess("sign_in.account", who().mail)
        desk.change_password(session_of(house), body.old, body.new)
        _ = tongue().catalogue.gettext
        said = _("The password has been changed. Wherever else you were signed in, you are no more.")
        return encoded(Done(said=said), "no-store")

    @pages.post("/api/accounts")
    @described(
        "Add an account.",
        takes=AddAccount,
        gives=Done,
        refuses=("request.foreign", "role.not_allowed", "account.exists", "account.mail_invalid", "words.not_allowed"),
        signed_in=True,
    )
    def add_account() -> Response:
        body = read(AddAccount)
        desk.add(who(), body.mail, body.name, body.role, letter=welcome_letter(house.base_url))
        return encoded(Done(next=url_for("account.desk_page")), "no-store")

    @pages.post("/api/accounts/disable")
    @described(
        "End an account and all that it has open.",
        takes=Disable,
        gives=Done,
        refuses=("request.foreign", "role.not_allowed", "account.unknown", "account.last_admin"),
        signed_in=True,
    )
    def disable_account() -> Response:
        body = read(Disable)
        desk.disable(who(), body.id)
        return encoded(Done(next=url_for("account.desk_page")), "no-store")

    return pages


def sign_in_letter(base_url: str) -> Compose:
    """The mail with a link to sign in, in the language of whoever asks for it."""
    _ = tongue().catalogue.gettext
    subject = _("Your link to sign in")
    text = _(
        "You, or somebody who knows your address, asked to sign in at {site}.\n\n"
        "Open this link to sign in. It is good once, for 20 minutes:\n\n{link}\n\n"
        "If it was not you, you need not do anything."
    )
    return lambda to, token: Letter(to, subject, text.format(site=base_url, link=f"{base_url}/sign-in/{token}") + "\n")


def welcome_letter(base_url: str) -> Compose:
    """The mail that tells somebody of their account; a link in it would be too old before it is read."""
    _ = tongue().catalogue.gettext
    subject = _("You can sign in to the ceremonies now")
    text = _(
        "You have been given an account at {site}.\n\n"
        "To sign in, open {link} and have a link sent to you. There you can also choose a password."
    )
    return lambda to, _token: Letter(to, subject, text.format(site=base_url, link=f"{base_url}/sign-in") + "\n")
