"""Files: the schedules' own media, the built client, and the little that server-rendered pages need."""

from mimetypes import guess_type
from pathlib import Path, PurePosixPath

from flask import Blueprint, Response, request, send_from_directory
from werkzeug.exceptions import NotFound

from memorata.adapters.http.house import House
from memorata.adapters.http.openapi import described
from memorata.domain.broadcast import CAPTIONS, PICTURES, SOUNDS, VIDEOS
from memorata.resources import static_dir, web_dir

SERVED = frozenset({*VIDEOS, *PICTURES, *CAPTIONS, *SOUNDS, ".ts", ".m4s", ".pdf"})
"""What a media folder may hand out; a note or a key left there stays there."""

TYPES = {".m3u8": "application/vnd.apple.mpegurl", ".ts": "video/mp2t", ".m4s": "video/iso.segment", ".vtt": "text/vtt"}

ASSETS = frozenset({".js", ".css", ".woff2", ".svg", ".png", ".jpg", ".webp"})
CODINGS = {"br": ".br", "gzip": ".gz"}
"""How the build has compressed what it made, the smallest first."""

ANY = "*/*"
PARTS = {206: "A part of it.", 304: "It has not changed."}
"""What a file may be answered with, beside the whole."""

HOUR_S = 3600
YEAR_S = 365 * 24 * HOUR_S


def blueprint(house: House) -> Blueprint:
    pages = Blueprint("media", __name__)

    @pages.get("/media/<path:name>")
    @described("A film, picture or caption file of the schedules; parts of it by `Range`.", gives=ANY, also=PARTS)
    def media(name: str) -> Response:
        path = PurePosixPath(name)
        suffix = path.suffix.lower()
        if suffix not in SERVED or any(part.startswith(".") for part in path.parts):
            raise NotFound
        response = send_from_directory(
            house.settings.schedules_dir / "media", name, mimetype=TYPES.get(suffix), conditional=True, max_age=HOUR_S
        )
        response.cache_control.public = True
        response.headers["Accept-Ranges"] = "bytes"
        if suffix == ".svg":
            # Opened by itself a drawing could run a script of its own.
            response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        return response

    @pages.get("/assets/<path:name>")
    @described("A script or style sheet of the built client; never changes under its name.", gives=ANY, also=PARTS)
    def asset(name: str) -> Response:
        if PurePosixPath(name).suffix not in ASSETS:
            raise NotFound
        folder = web_dir() / "assets"
        coding = _coding(folder / name)
        response = send_from_directory(
            folder, name + CODINGS.get(coding, ""), mimetype=guess_type(name)[0], conditional=True, max_age=YEAR_S
        )
        if coding:
            response.content_encoding = coding
        response.vary.add("Accept-Encoding")
        response.cache_control.public = True
        response.cache_control.immutable = True
        return response

    @pages.get("/page/<name>")
    @described("What pages need that work without the client.", gives=ANY, query={"v": str}, also=PARTS)
    def own(name: str) -> Response:
        response = send_from_directory(
            static_dir(), name, conditional=True, max_age=YEAR_S if "v" in request.args else 0
        )
        response.cache_control.public = True
        return response

    return pages


def _coding(file: Path) -> str:
    """The best compressed form that lies beside the file and that the browser takes; empty for none."""
    accepted = request.accept_encodings
    # A wildcard, or no word about it, is no reason: who asks for a file by hand wants to read it.
    offered = {coding.lower() for coding, quality in accepted if quality > 0}
    return next((c for c, end in CODINGS.items() if c in offered and file.with_name(file.name + end).is_file()), "")
