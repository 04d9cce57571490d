"""What all pages share when they are drawn: language, the functions that templates call, headers, JSON."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from hashlib import blake2s
from typing import Any

import msgspec
from flask import Flask, Response, g, request, url_for
from jinja2 import PackageLoader
from markupsafe import Markup

from memorata.adapters.http import language, order
from memorata.adapters.http.language import Tongue
from memorata.domain.items import Text
from memorata.domain.programme import Programme
from memorata.resources import static_dir


def tongue_for(programme: Programme | None) -> Tongue:
    """The language of a page of this ceremony, from now on the language of the whole answer."""
    g.programme = programme
    g.tongue = language.of_request(() if programme is None else programme.languages)
    return tongue()


def tongue_among(languages: Sequence[str]) -> Tongue:
    """The language of a page that is about no single ceremony, but whose texts are in these."""
    g.tongue = language.of_request(languages)
    return tongue()


def tongue() -> Tongue:
    found: Tongue = g.tongue
    return found


def say(text: Text) -> Markup:
    """A ceremony's text in the best language there is, marked when that is not the page's."""
    words, tag = tongue().pick(text)
    if not words or language.same(tag) == language.same(tongue().spoken):
        return Markup("<bdi>{}</bdi>").format(words) if words else Markup("")
    return Markup('<bdi lang="{}" dir="{}">{}</bdi>').format(tag, language.direction(tag), words)


def plain_text(text: Text) -> str:
    return tongue().pick(text)[0]


def iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def dialled(number: str) -> str:
    return re.sub(r"[^+0-9]", "", number)


def in_language(tag: str) -> str:
    """This very page in another language."""
    if request.endpoint is None or request.method != "GET":
        return url_for("pages.index", lang=tag)
    values: dict[str, Any] = {**request.args, **(request.view_args or {}), "lang": tag}
    # Names that url_for keeps for itself are no part of any page's address.
    kept = {name: value for name, value in values.items() if name != "endpoint" and not name.startswith("_")}
    return url_for(request.endpoint, **kept)


@cache
def _version(name: str) -> str:
    return blake2s((static_dir() / name).read_bytes(), digest_size=6).hexdigest()


def static(name: str) -> str:
    return url_for("media.own", name=name, v=_version(name))


def prepare(app: Flask) -> None:
    """Give the templates their functions, and every request a language."""
    app.jinja_loader = PackageLoader("memorata")
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    install: Any = app.jinja_env
    install.install_gettext_callables(
        lambda text: tongue().catalogue.gettext(text),
        lambda one, many, n: tongue().catalogue.ngettext(one, many, n),
        newstyle=True,
        pgettext=lambda context, text: tongue().catalogue.pgettext(context, text),
        npgettext=lambda context, one, many, n: tongue().catalogue.npgettext(context, one, many, n),
    )
    app.jinja_env.globals.update(
        say=say,
        plain_text=plain_text,
        iso=iso,
        dialled=dialled,
        in_language=in_language,
        static=static,
        own_name=language.own_name,
        direction=language.direction,
        one_ribbon=order.one_ribbon,
    )

    @app.before_request
    def speak() -> None:
        tongue_for(None)

    @app.context_processor
    def spoken() -> dict[str, object]:
        return {"tongue": tongue()}


def dress(page: str, cache: str = "private, no-cache") -> Response:
    """A page as an answer; its language depends on who asks."""
    response = Response(page, mimetype="text/html")
    response.headers["Cache-Control"] = cache
    response.headers["Content-Language"] = tongue().spoken
    if "lang" not in request.args:
        response.vary.update(("Accept-Language", "Cookie"))
    if not cache.startswith("public"):
        language.remember(response)
    return response


def encoded(body: object, cache: str) -> Response:
    return Response(msgspec.json.encode(body), mimetype="application/json", headers={"Cache-Control": cache})


def in_page(value: object) -> Markup:
    """JSON that can stand in a page's data block: nothing in it ends the block or begins a comment."""
    text = msgspec.json.encode(value).decode()
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - escaped just above, and JSON
