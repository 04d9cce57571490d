"""Recordings over HTTP: moderators judge them, everybody hears what was released, each person has their own deleted.

A video element cannot show a token, so each address of a film carries a ticket for one person and one recording. It
opens nothing by itself: rights are asked for anew at each request, so a word of a moderator or of the person counts at
once.
"""

from typing import Annotated

import msgspec
from flask import Blueprint, Response, request, send_file, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer

from memorata.adapters.http.entry import Nothing, bearer, read
from memorata.adapters.http.house import House, by_token
from memorata.adapters.http.invitations import LED, leading
from memorata.adapters.http.openapi import described
from memorata.adapters.http.showing import encoded
from memorata.domain.errors import Refused
from memorata.domain.recording import RecordingState, Verdict
from memorata.services.admission import Profile
from memorata.services.ports import Participant
from memorata.services.recording import RecordingDesk, Standing

PIECE_MAX = 65_536
"""Bytes of one piece of a part."""

OFFSET_MAX = 1 << 40

TICKET_S = 12 * 3600
"""For how long the address of a film is good: an evening, and the morning after."""

PARTS = {206: "A part of it.", 304: "It has not changed."}

INSIDE = ("link.revoked", "door.waiting", "door.refused", "person.removed", "person.banned")

Bytes = Annotated[int, msgspec.Meta(ge=0)]


class RecordingTold(msgspec.Struct, frozen=True):
    """A recording as whoever may know of it sees it; `url` plays it, for some hours, `null` while it is not finished.

    `bytes` grows while it runs; `duration_ms` is 0 until it is finished.
    """

    id: str
    name: str
    community: str
    item_id: str
    started_ms: int
    ended_ms: int | None
    state: RecordingState
    parts: int
    bytes: int
    duration_ms: int
    media_type: str
    url: str | None


class RecordingsTold(msgspec.Struct, frozen=True):
    """In the order in which they began."""

    recordings: list[RecordingTold]


class OneRecording(msgspec.Struct, frozen=True):
    recording: RecordingTold


class OwnRecordings(msgspec.Struct, frozen=True):
    """What was recorded of oneself, and whether one agrees that it be."""

    recordings: list[RecordingTold]
    agreed: bool


class Deleted(msgspec.Struct, frozen=True):
    """How many recordings there were."""

    deleted: int


class Sent(msgspec.Struct, frozen=True):
    """How many bytes of the part are there now."""

    size: Bytes


def blueprint(house: House, desk: RecordingDesk) -> Blueprint:
    pages = Blueprint("recordings", __name__)
    tickets = URLSafeTimedSerializer(house.settings.secret_key, salt="recordings")

    def told(standing: Standing, who: Participant) -> RecordingTold:
        one = standing.recording
        url = None
        if one.state in ("held", "released"):
            ticket = tickets.dumps([one.id, who.id])
            url = url_for("recordings.film", recording_id=one.id, ticket=ticket)
        return RecordingTold(
            id=one.id,
            name=one.name,
            community=one.community,
            item_id=one.item_id,
            started_ms=one.started_ms,
            ended_ms=one.ended_ms,
            state=one.state,
            parts=one.parts,
            bytes=standing.bytes,
            duration_ms=one.duration_ms,
            media_type=one.media_type,
            url=url,
        )

    def somebody() -> Participant:
        with by_token():
            return house.admission.authenticate(bearer())

    def listener(recording_id: str) -> Participant:
        """Who wants to hear it, by token or by ticket."""
        ticket = request.args.get("ticket", "")
        if not ticket:
            return somebody()
        try:
            wanted, participant_id = tickets.loads(ticket, max_age=TICKET_S)
        except (BadSignature, ValueError, TypeError):
            raise Refused("recording.unknown") from None
        if wanted != recording_id:
            raise Refused("recording.unknown")
        with by_token():
            return house.admission.participant(participant_id)

    @pages.get("/api/recordings")
    @described(
        "The recordings of one's ceremony: to moderators all of them, to everybody else those that were released.",
        gives=RecordingsTold,
        refuses=INSIDE,
        token=True,
    )
    def listed() -> Response:
        who = somebody()
        return encoded(RecordingsTold([told(one, who) for one in desk.heard_by(who)]), "no-store")

    @pages.get("/api/recordings/<recording_id>.webm")
    @described(
        "A recording, to be played; parts of it by `Range`. By token, or by the ticket of its address.",
        gives=("video/webm", "audio/webm"),
        query={"ticket": str},
        refuses=("token.missing", "token.unknown", "recording.unknown", "recording.not_ready", *INSIDE),
        also=PARTS,
    )
    def film(recording_id: str) -> Response:
        found, path = desk.film(listener(recording_id), recording_id)
        response = send_file(path, mimetype=found.media_type, conditional=True, etag=f"{found.id}-{found.bytes}")
        response.headers["Accept-Ranges"] = "bytes"
        response.headers["Cache-Control"] = "private, no-cache" if found.state == "released" else "private, no-store"
        return response

    def judged(recording_id: str, verdict: Verdict) -> Response:
        read(Nothing)
        who = leading(house, "recording.judge")
        return encoded(OneRecording(told(desk.judge(who, recording_id, verdict), who)), "no-store")

    @pages.post("/api/recordings/<recording_id>/release")
    @described(
        "Give a recording to the archive: everybody of the ceremony may hear it.",
        takes=Nothing,
        gives=OneRecording,
        refuses=(*LED, "recording.unknown", "recording.not_ready"),
        token=True,
    )
    def release(recording_id: str) -> Response:
        return judged(recording_id, "release")

    @pages.post("/api/recordings/<recording_id>/hold")
    @described(
        "Keep a recording back; one that was released is taken from everybody.",
        takes=Nothing,
        gives=OneRecording,
        refuses=(*LED, "recording.unknown", "recording.not_ready"),
        token=True,
    )
    def hold(recording_id: str) -> Response:
        return judged(recording_id, "hold")

    @pages.post("/api/recordings/<recording_id>/delete")
    @described(
        "Delete a recording for good.",
        takes=Nothing,
        gives=Deleted,
        refuses=(*LED, "recording.unknown", "recording.not_ready"),
        token=True,
    )
    def delete(recording_id: str) -> Response:
        read(Nothing)
        desk.delete(leading(house, "recording.judge"), recording_id)
        return encoded(Deleted(1), "no-store")

    @pages.put("/api/recordings/<recording_id>/bytes/<offset>")
    @described(
        "Send a piece of what a host's page records; with `last` it is the end, and may be empty.",
        takes="application/octet-stream",
        gives=Sent,
        query={"last": str},
        refuses=(*LED, "recording.unknown", "recording.gap", "recording.too_long"),
        token=True,
    )
    def piece(recording_id: str, offset: str) -> Response:
        who = leading(house, "recording.send")
        if not (offset.isascii() and offset.isdigit()) or int(offset) > OFFSET_MAX:
            raise Refused("message.invalid", path="offset", reason="no number of bytes")
        if request.mimetype != "application/octet-stream":
            raise Refused("message.not_json")
        if (request.content_length or 0) > PIECE_MAX:
            raise Refused("message.too_large", most=PIECE_MAX)
        data = request.stream.read(PIECE_MAX + 1)
        if len(data) > PIECE_MAX:
            raise Refused("message.too_large", most=PIECE_MAX)
        if len(data) != (request.content_length or 0):
            raise Refused("message.invalid", path="", reason="cut short")
        size = desk.receive(who, recording_id, int(offset), data, last=bool(request.args.get("last")))
        return encoded(Sent(size), "no-store")

    @pages.get("/api/me/recordings")
    @described("What was recorded of oneself.", gives=OwnRecordings, refuses=INSIDE, token=True)
    def own() -> Response:
        who = somebody()
        mine = [told(one, who) for one in desk.own(who.id)]
        return encoded(OwnRecordings(mine, who.recording), "no-store")

    @pages.post("/api/me/recordings/withdraw")
    @described(
        "Take one's consent back: nothing more is recorded of oneself, and all that was is deleted.",
        takes=Nothing,
        gives=Deleted,
        refuses=INSIDE,
        token=True,
    )
    def withdraw() -> Response:
        read(Nothing)
        who = somebody()
        count = len(desk.own(who.id))
        house.admission.update(who, Profile(recording=False))
        desk.withdraw(who.id)
        return encoded(Deleted(count), "no-store")

    return pages
