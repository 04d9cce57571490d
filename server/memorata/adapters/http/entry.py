"""Coming in: a link and a device become a participant with a token; what they say of themselves may change."""

from contextlib import nullcontext
from typing import Annotated, Literal, TypeVar

import msgspec
from flask import Blueprint, Response, request

from memorata.adapters.http.house import House, by_token
from memorata.adapters.http.limits import guessing, link_guessing
from memorata.adapters.http.openapi import described
from memorata.adapters.http.showing import encoded
from memorata.adapters.sockets import wire
from memorata.adapters.sockets.telling import me
from memorata.domain.errors import Refused
from memorata.domain.moderating import Standing
from memorata.services.admission import Profile
from memorata.services.ports import Consent

BODY_MAX = 16 * 1024

Line = Annotated[str, msgspec.Meta(max_length=400)]
Tag = Annotated[str, msgspec.Meta(max_length=20)]
People = Annotated[int, msgspec.Meta(ge=1, le=500)]


class Description(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: Line | None = None
    community: Line | None = None
    country: Line | None = None
    consent: Consent | None = None
    people: People | None = None
    language: Tag | None = None
    recording: bool | None = None

    def profile(self) -> Profile:
        return Profile(
            self.name, self.community, self.country, self.consent, self.people, self.language, self.recording
        )


class Entrance(Description, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`hall`: many people before one screen."""

    key: Annotated[str, msgspec.Meta(max_length=200)]
    device: Line = ""
    hall: bool = False
    pin: Annotated[str, msgspec.Meta(max_length=40)] = ""


class Forgotten(msgspec.Struct, frozen=True):
    """The answer of POST /api/me/erase."""

    erased: Literal[True] = True


class Saved(msgspec.Struct, frozen=True):
    """The answer of POST /api/me."""

    participant: wire.Me


class Stands(msgspec.Struct, frozen=True):
    standing: Standing


class Asking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """With `leaves` nobody waits for this seat any more."""

    ticket: Annotated[str, msgspec.Meta(max_length=100)] = ""
    leaves: bool = False


class Kept(msgspec.Struct, frozen=True):
    """The answer of POST /api/seat: whether a seat is kept for a moment."""

    kept: bool


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request that says all by its address; JSON all the same, which keeps forms of other sites out."""


WRONG_PIN = frozenset({"link.pin_wrong"})

T = TypeVar("T")


def read(kind: type[T], most: int = BODY_MAX) -> T:
    """The body of the request, of so many bytes at most.

    Raises: Refused: `message.not_json`, which also keeps forms of other sites out, `.too_large` or `.invalid`.
    """
    if request.mimetype != "application/json":
        raise Refused("message.not_json")
    if (request.content_length or 0) > most:
        raise Refused("message.too_large", most=most)
    body = request.stream.read(most + 1)
    if len(body) > most:
        raise Refused("message.too_large", most=most)
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as fault:
        reason, _, path = str(fault).partition(" - at ")
        raise Refused("message.invalid", path=path.strip("`$."), reason=reason) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refused("message.invalid", path="", reason="no JSON") from None


def bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refused("token.missing")
    return token.strip()


def blueprint(house: House) -> Blueprint:
    pages = Blueprint("entry", __name__)

    @pages.post("/api/enter")
    @described(
        "Come in by a link; the same device with the same link is the same person.",
        takes=Entrance,
        gives=wire.Entered,
        refuses=(
            "link.unknown", "link.revoked", "link.pin_needed", "link.pin_wrong", "link.pin_locked", "door.closed",
            "person.banned", "words.not_allowed", "ceremony.full",
        ),
    )  # fmt: skip
    def enter() -> Response:
        body = read(Entrance)
        with link_guessing(), guessing("pin", wrong=WRONG_PIN) if body.pin else nullcontext():
            entry = house.admission.enter(body.key, body.device or None, body.profile(), body.pin)
        who = entry.participant
        entered = wire.Entered(
            entry.token, who.ceremony_id, me(who), who.role, entry.device, who.standing, house.keep_seat(who)
        )
        return encoded(entered, "no-store")

    @pages.get("/api/standing")
    @described(
        "How somebody stands who waits at the door.",
        gives=Stands,
        refuses=("link.revoked", "door.closed"),
        token=True,
    )
    def standing() -> Response:
        with by_token():
            who = house.admission.standing(bearer())
        return encoded(Stands(who.standing), "no-store")

    @pages.post("/api/seat")
    @described(
        "Ask for the seat that one waits for, and say that one still waits; it is kept until the line is open.",
        takes=Asking,
        gives=Kept,
        refuses=("seats.full", "link.revoked", "door.waiting"),
        token=True,
    )
    def seat() -> Response:
        with by_token():
            who = house.admission.authenticate(bearer())
        asked = read(Asking)
        if asked.leaves:
            house.seating.leave(who)
        else:
            house.seating.keep(who, asked.ticket)
        return encoded(Kept(not asked.leaves), "no-store")

    @pages.post("/api/me")
    @described(
        "Change what somebody who has entered says about themselves.",
        takes=Description,
        gives=Saved,
        refuses=("link.revoked", "words.not_allowed"),
        token=True,
    )
    def describe() -> Response:
        with by_token():
            who = house.admission.authenticate(bearer())
        return encoded(Saved(me(house.admission.update(who, read(Description).profile()))), "no-store")

    @pages.post("/api/me/erase")
    @described(
        "Have everything erased that is kept of oneself.",
        takes=Nothing,
        gives=Forgotten,
        refuses=("silence.locked",),
        token=True,
    )
    def erase() -> Response:
        read(Nothing)
        with by_token():
            house.privacy.remove_me(bearer())
        return encoded(Forgotten(), "no-store")

    return pages
