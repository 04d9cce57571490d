"""Words by which a page may use the TURN server, good for one ceremony, and who has to use it.

They are made as coturn's `use-auth-secret` reads them (draft-uberti-behave-turn-rest-00): the name says until when,
the word proves that it comes from us. The TURN server writes names into its log, so ours lead to nobody.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from memorata.config import Settings
from memorata.domain.planning import total_s
from memorata.domain.programme import Programme
from memorata.services.stage_ports import EngineName

AFTER_S = 3600
"""For how long after the planned end; ceremonies last longer than planned."""

LEAST_S = 600
MOST_S = 12 * 3600


@dataclass(frozen=True, slots=True)
class IceServer:
    """As a page hands it to RTCPeerConnection."""

    urls: tuple[str, ...]
    username: str = ""
    credential: str = ""


def ice_servers(
    settings: Settings, programme: Programme | None, participant_id: str, now_ms: int
) -> tuple[IceServer, ...]:
    """What this person's pages may use now, those that need no word first; empty where none is configured."""
    free = tuple(url for url in settings.turn_urls if not _is_turn(url))
    guarded = tuple(url for url in settings.turn_urls if _is_turn(url))
    found: tuple[IceServer, ...] = (IceServer(free),) if free else ()
    if guarded:
        expires_s = now_ms // 1000 + lifetime_s(programme, now_ms)
        name = f"{expires_s}:{_nobody(settings.secret_key, participant_id)}"
        found += (IceServer(guarded, name, word(settings.turn_secret, name)),)
    return found


def relay(settings: Settings, engine: EngineName) -> bool:
    """Whether pages show nobody their own address, and send all through the TURN server.

    In a mesh every viewer would learn the speaker's address at home; with a media server only that server does.
    """
    if not any(_is_turn(url) for url in settings.turn_urls):
        return False
    return settings.stage_relay == "on" or (settings.stage_relay == "auto" and engine == "mesh")


def lifetime_s(programme: Programme | None, now_ms: int) -> int:
    """Until the ceremony is over with some to spare, within bounds."""
    if programme is None:
        return LEAST_S
    ends_s = programme.starts_ms // 1000 + total_s(programme.items) + AFTER_S
    return max(LEAST_S, min(MOST_S, ends_s - now_ms // 1000))


def word(secret: bytes, name: str) -> str:
    """The credential of a name: HMAC-SHA1, because the TURN server computes it so."""
    return base64.b64encode(hmac.new(secret, name.encode(), hashlib.sha1).digest()).decode()


def _nobody(key: bytes, participant_id: str) -> str:
    return hmac.new(key, b"turn:" + participant_id.encode(), hashlib.sha256).hexdigest()[:24]


def _is_turn(url: str) -> bool:
    return url.startswith(("turn:", "turns:"))
