"""Copies of feeds that Janus makes: files for the archive, and RTP for a program on this machine.

The files are `<name>-audio-0.mjr` and `<name>-video-1.mjr`, with `.tmp` at their end while they grow.
"""

from contextlib import suppress

import structlog

from memorata.adapters.stage.janus_line import Denied, Lost, said
from memorata.adapters.stage.janus_publishing import Publishing
from memorata.adapters.stage.janus_rooms import PICTURE_TYPE, SOUND_TYPE, Forwarding, Publication, Room
from memorata.adapters.stage.janus_session import Session
from memorata.adapters.stage.janus_wires import Wires
from memorata.domain.errors import Refused

log = structlog.get_logger(__name__)

HERE = "127.0.0.1"


class Copies:
    """Called without the lock of `wires`, as it waits for answers."""

    def __init__(self, wires: Wires, session: Session, publishing: Publishing, admin_key: str) -> None:
        self._wires, self._session, self._publishing, self._admin_key = wires, session, publishing, admin_key

    def record(self, feed_id: str, name: str | None) -> None:
        """Raises: Refused: `stage.unavailable`."""
        with self._wires.lock:
            its = self._publishing.feeds.get(feed_id)
            if its is None:
                if name is None:
                    return
                raise Refused("stage.unavailable")
            before, its.recording = its.recording, name
            if not its.answered or before == name:
                return  # joining begins it
        try:
            if before is not None:
                self._ask(its.handle, its.kept(None))
            if name is not None:
                self._ask(its.handle, its.kept(name))
        except (Lost, Denied) as fault:
            with self._wires.lock:
                its.recording = None
            log.warning("stage.janus.not_recorded", feed=feed_id, fault=str(fault))
            raise Refused("stage.unavailable") from None

    def forward(self, room: Room | None, feed_id: str | None, sound_port: int, picture_port: int) -> None:
        """Raises: Refused: `stage.unavailable`."""
        with self._wires.lock:
            its = self._publishing.feeds.get(feed_id or "")
            if room is None or (feed_id is not None and (its is None or not its.live)):
                raise Refused("stage.unavailable")
            before, room.forwarding = room.forwarding, None
            handle = room.handle
        try:
            if before is not None:
                for stream in before.streams:
                    with suppress(Denied):  # it has ended with the feed
                        self._ask(handle, self._stopping(room, before, stream))
            if its is not None:
                self._begin(room, its, Forwarding(its.feed.id, sound_port, picture_port))
        except (Lost, Denied) as fault:
            log.warning("stage.janus.not_forwarded", feed=feed_id, fault=str(fault))
            raise Refused("stage.unavailable") from None

    def _begin(self, room: Room, its: Publication, forwarding: Forwarding) -> None:
        """Raises: Lost, Denied."""
        ways = {"audio": (forwarding.sound_port, SOUND_TYPE), "video": (forwarding.picture_port, PICTURE_TYPE)}
        streams = [
            {"mid": mid, "host": HERE, "port": ways[kind][0], "pt": ways[kind][1]} for mid, kind in its.streams.items()
        ]
        body = room.command(
            "rtp_forward", publisher_id=its.feed.id, host=HERE, streams=streams, admin_key=self._admin_key
        )
        told = said(self._session.ask("message", handle=room.handle, body=body))
        forwarding.streams = [int(one["stream_id"]) for one in told.get("forwarders", [])]
        with self._wires.lock:
            room.forwarding = forwarding
            self._publishing.key_frame(its)

    def _stopping(self, room: Room, forwarding: Forwarding, stream: int) -> dict[str, object]:
        return room.command(
            "stop_rtp_forward", publisher_id=forwarding.feed_id, stream_id=stream, admin_key=self._admin_key
        )

    def _ask(self, handle: int, body: dict[str, object]) -> None:
        """Raises: Lost, Denied."""
        self._session.ask("message", handle=handle, body=body)
