"""The whole HTTP surface as an OpenAPI 3.1 document, made from the routes and the structs that are read and written.

A view says beside its route what it is for, what comes in and what goes out:

    @pages.post("/api/enter")
    @described("Come in by a link.", takes=Entrance, gives=wire.Entered, refuses=("link.unknown",))
    def enter() -> Response: ...

Paths, methods and parameters of the path are the router's own, so nothing is written twice. A route that does not
describe itself is a defect: the document cannot be made, and tests/unit/adapters/http/test_openapi.py names it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import msgspec
from flask import Blueprint, Flask, Response, current_app
from werkzeug.routing import Rule

from memorata import __version__
from memorata.adapters import schema
from memorata.adapters.http.errors import STATUS, Refusal
from memorata.adapters.http.house import House
from memorata.adapters.http.showing import encoded
from memorata.domain.errors import CODES

F = TypeVar("F", bound=Callable[..., Any])

Kind = Literal["page", "api", "file"]

TEMPLATE = "#/components/schemas/{name}"
PAGE = "text/html"

LANGUAGE: dict[str, Any] = {"lang": str}
"""The query of every page that speaks to people: a language, remembered by the cookie `lang`."""

PARAMETERS = {
    "ceremony_id": "The id of a ceremony, as it stands in its addresses.",
    "key": "The last part of a personal or shared link. Whoever has it has its rights: never log it, never pass it on.",
    "name": "The path of a file, as a page or a programme names it.",
    "series_id": "The id of a series, as it stands in its addresses.",
    "date": "A date by the rule of the series, as 2027-01-27; it stays when the ceremony is moved.",
    "token": "What a mail has brought; good once, and not for long.",
    "recording_id": "The id of a recording; where pieces are sent, the name of the part that a page is to record.",
    "offset": "How many bytes of the part come before this piece.",
    "reply": "What the links in the mails to one person about one ceremony end with. Never log it, never pass it on.",
    "ticket": "What POST /api/letters has given; good for ten minutes.",
}
"""What the parameters of paths mean, wherever they stand."""

BODY_REFUSALS = ("message.invalid", "message.not_json", "message.too_large")
"""Whatever reads a body may say these."""

TOKEN_REFUSALS = ("token.missing", "token.unknown")
"""Whatever is for somebody who has entered may say these."""

SESSION_REFUSALS = ("sign_in.needed",)
"""Whatever is for somebody who has signed in may say these."""

ANYWHERE = ("store.busy", "request.host_unknown", "request.too_many")
"""Any answer may be one of these."""

_MARK = "operation"
_UNROUTED = "memorata.unrouted"
_ARGUMENT = re.compile(r"<(?:(?P<converter>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>")


@dataclass(frozen=True, slots=True)
class Operation:
    """What one view does.

    takes: the type of its JSON body, or the media type of a body that is not JSON; `None` for no body.
    gives: the type of its JSON answer, or the media types of an answer that is not JSON.
    query: what may be asked behind the question mark: name to type.
    refuses: codes it may be refused with, beyond those that any answer may be.
    token: whether it is for somebody who has entered, `Authorization: Bearer`.
    signed_in: whether it is for an organizer or admin who has signed in, by the cookie.
    also: further answers that are no refusals: status to reason. All but redirects look like the one of 200.
    """

    summary: str
    takes: Any = None
    gives: Any = PAGE
    query: dict[str, Any] = field(default_factory=dict)
    refuses: tuple[str, ...] = ()
    token: bool = False
    signed_in: bool = False
    also: dict[int, str] = field(default_factory=dict)

    @property
    def media(self) -> tuple[str, ...]:
        """The media types of an answer that is not JSON; empty when it is."""
        if isinstance(self.gives, str):
            return (self.gives,)
        return self.gives if isinstance(self.gives, tuple) else ()

    @property
    def kind(self) -> Kind:
        if PAGE in self.media:
            return "page"
        return "file" if self.media else "api"

    def types(self) -> Iterator[Any]:
        """All types that need a schema."""
        takes = None if isinstance(self.takes, str) else self.takes
        yield from (kind for kind in (takes, *self.query.values()) if kind is not None)
        if not self.media:
            yield self.gives


def described(
    summary: str,
    *,
    takes: Any = None,
    gives: Any = PAGE,
    query: dict[str, Any] | None = None,
    refuses: tuple[str, ...] = (),
    token: bool = False,
    signed_in: bool = False,
    also: dict[int, str] | None = None,
) -> Callable[[F], F]:
    """Say of a view what it does; stands below the line that routes it."""
    operation = Operation(summary, takes, gives, query or {}, refuses, token, signed_in, also or {})

    def keep(view: F) -> F:
        vars(view)[_MARK] = operation
        return view

    return keep


def answered_before(app: Flask, rule: str, method: str, operation: Operation) -> None:
    """Describe what is answered before it comes to the router."""
    app.extensions.setdefault(_UNROUTED, {})[rule, method] = operation


def operations(app: Flask) -> dict[tuple[str, str], Operation | None]:
    """All rules and methods, and what they do; `None` where nobody has said."""
    found: dict[tuple[str, str], Operation | None] = dict(app.extensions.get(_UNROUTED, {}))
    for rule in app.url_map.iter_rules():
        operation = vars(app.view_functions[rule.endpoint]).get(_MARK)
        for method in _methods(rule):
            found[rule.rule, method] = operation
    return found


def document(app: Flask) -> dict[str, Any]:
    """The OpenAPI document of an application.

    Raises: LookupError: a route is not described.
    """
    known = operations(app)
    silent = sorted(f"{method} {rule}" for (rule, method), operation in known.items() if operation is None)
    if silent:
        raise LookupError(f"not described, see {__name__}: {', '.join(silent)}")
    written = {place: operation for place, operation in known.items() if operation is not None}
    # Each type once, in the order in which it is met.
    types = {repr(kind): kind for operation in written.values() for kind in operation.types()}
    found, components = schema.components({"Refusal": Refusal, **types}, TEMPLATE)
    paths: dict[str, dict[str, Any]] = {}
    for (rule, method), operation in sorted(written.items(), key=lambda each: each[0]):
        paths.setdefault(_path(rule), {})[method.lower()] = _written(rule, operation, found)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Memorata",
            "version": __version__,
            "description": (
                "Pages, files and the JSON API of a server. What happens during a ceremony travels over Socket.IO at "
                "/socket.io/, which `memorata protocol schema` describes. A program that is refused is always told "
                "why in one shape: code, message, facts. Codes are stable."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [
            {"name": "api", "description": "For programs: JSON."},
            {"name": "page", "description": "For people, in the language of the cookie or of the browser."},
            {"name": "file", "description": "What pages load, and what people take with them."},
        ],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "The token that POST /api/enter gave."},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "__Host-memorata",
                    "description": "The cookie that POST /api/sign-in gave; `memorata` where there is no TLS.",
                },
            },
        },
    }


def blueprint(_house: House) -> Blueprint:
    pages = Blueprint("openapi", __name__)
    made: list[bytes] = []

    @pages.get("/api/openapi.json")
    @described("This document.", gives=dict[str, Any])
    def openapi() -> Response:
        # Routes do not change while a server runs.
        if not made:
            made.append(msgspec.json.encode(document(current_app)))
        return encoded(msgspec.Raw(made[0]), "public, max-age=3600")

    return pages


def _methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def _path(rule: str) -> str:
    """A rule of the router as a path of OpenAPI."""
    return _ARGUMENT.sub(lambda found: f"{{{found['name']}}}", rule)


def _written(rule: str, operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    parameters = [_parameter(found["name"]) for found in _ARGUMENT.finditer(rule)]
    for name, kind in operation.query.items():
        parameters.append({"name": name, "in": "query", "required": False, "schema": schemas[repr(kind)]})
    told: dict[str, Any] = {"summary": operation.summary, "tags": [operation.kind]}
    if parameters:
        told["parameters"] = parameters
    if operation.takes is not None:
        takes: dict[str, Any] = {operation.takes: {}} if isinstance(operation.takes, str) else {}
        body = takes or {"application/json": {"schema": schemas[repr(operation.takes)]}}
        told["requestBody"] = {"required": True, "content": body}
    needed = {"token": operation.token, "session": operation.signed_in}
    if any(needed.values()):
        told["security"] = [{name: [] for name, wanted in needed.items() if wanted}]
    told["responses"] = _responses(operation, schemas)
    return told


def _parameter(name: str) -> dict[str, Any]:
    meaning = {"description": PARAMETERS[name]} if name in PARAMETERS else {}
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}, **meaning}


def _responses(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    if operation.media:
        content: dict[str, Any] = {media: {} for media in operation.media}
    else:
        content = {"application/json": {"schema": schemas[repr(operation.gives)]}}
    told: dict[str, Any] = {"200": {"description": operation.summary, "content": content}}
    for status, reason in operation.also.items():
        told[str(status)] = {"description": reason} | ({} if 300 <= status < 400 else {"content": content})
    body = () if operation.takes is None else BODY_REFUSALS
    token = (TOKEN_REFUSALS if operation.token else ()) + (SESSION_REFUSALS if operation.signed_in else ())
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys((*operation.refuses, *token, *body, *ANYWHERE)):
        by_status.setdefault(STATUS.get(code, 409), []).append(code)
    for status, codes in sorted(by_status.items()):
        told.setdefault(str(status), _refusal(operation, " ".join(CODES[code] for code in codes), codes, schemas))
    told["default"] = _refusal(operation, "Whatever else is refused is told in the same shape.", [], schemas)
    return told


def _refusal(operation: Operation, reason: str, codes: list[str], schemas: dict[str, Any]) -> dict[str, Any]:
    shape: dict[str, Any] = schemas["Refusal"]
    if codes:
        shape = {"allOf": [shape, {"properties": {"code": {"enum": codes}}}]}
    content: dict[str, Any] = {"application/json": {"schema": shape}}
    if operation.kind != "api":
        # A person is told by a page; who prefers JSON gets that.
        content[PAGE] = {}
    return {"description": reason, "content": content}
