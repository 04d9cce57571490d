"""Coming in: a link and a device become a participant with a token; what they say of themselves may change."""

from typing import Annotated, TypeVar

import msgspec
from flask import Blueprint, Response, request

from memorata.adapters.http.house import House
from memorata.adapters.http.limits import link_guessing
from memorata.adapters.http.showing import encoded
from memorata.adapters.sockets import wire
from memorata.adapters.sockets.telling import me
from memorata.domain.errors import Refused
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

    def profile(self) -> Profile:
        return Profile(self.name, self.community, self.country, self.consent, self.people, self.language)


class Entrance(Description, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`hall`: many people before one screen."""

    key: Annotated[str, msgspec.Meta(max_length=200)]
    device: Line = ""
    hall: bool = False


T = TypeVar("T")


def read(kind: type[T]) -> T:
    """The body of the request.

    Raises: Refused: `message.not_json`, which also keeps forms of other sites out, `.too_large` or `.invalid`.
    """
    if request.mimetype != "application/json":
        raise Refused("message.not_json")
    if (request.content_length or 0) > BODY_MAX:
        raise Refused("message.too_large", most=BODY_MAX)
    body = request.stream.read(BODY_MAX + 1)
    if len(body) > BODY_MAX:
        raise Refused("message.too_large", most=BODY_MAX)
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
    def enter() -> Response:
        body = read(Entrance)
        with link_guessing():
            entry = house.admission.enter(body.key, body.device or None, body.profile())
        who = entry.participant
        return encoded(wire.Entered(entry.token, who.ceremony_id, me(who), who.role, entry.device), "no-store")

    @pages.post("/api/me")
    def describe() -> Response:
        with link_guessing():
            who = house.admission.authenticate(bearer())
        return encoded({"participant": me(house.admission.update(who, read(Description).profile()))}, "no-store")

    return pages
