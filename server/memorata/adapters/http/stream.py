"""The files of streams: a list that is new each second, and pieces that never change under their names."""

from flask import Blueprint, Response, make_response, send_from_directory
from werkzeug.exceptions import NotFound

from memorata.adapters.http.house import House
from memorata.adapters.http.media import ANY, PARTS, TYPES
from memorata.adapters.http.openapi import described
from memorata.adapters.stage.hls import PLAYLIST, SEGMENT, HlsStreams

LIST_S = 1
SEGMENT_S = 60
"""A piece shows people, and no player asks for it later: caches need not keep it."""


def blueprint(house: House, streams: HlsStreams) -> Blueprint:
    pages = Blueprint("stream", __name__)

    @pages.get("/stream/<ceremony_id>/<name>")
    @described("A stream of the stage: its list, and the pieces that it names.", gives=ANY, also=PARTS)
    def file(ceremony_id: str, name: str) -> Response:
        if house.find(ceremony_id) is None:
            raise NotFound
        try:
            if name == PLAYLIST:
                response = make_response(streams.playlist(ceremony_id))
                response.mimetype = TYPES[".m3u8"]
                response.cache_control.max_age = LIST_S
            elif SEGMENT.fullmatch(name):
                response = send_from_directory(
                    streams.folder(ceremony_id), name, mimetype=TYPES[".ts"], conditional=True, max_age=SEGMENT_S
                )
                response.cache_control.immutable = True
            else:
                raise NotFound
        except OSError:
            raise NotFound from None
        response.cache_control.public = True
        return response

    return pages
