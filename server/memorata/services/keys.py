"""Which links and tokens there are: all derived from the installation's one secret, none of them stored."""

import base64
import hashlib
import hmac
import re
import secrets

_LINK_BYTES = 18
_TOKEN_BYTES = 24
_INVITATION_BYTES = 16
_REPLY_BYTES = 16
_TICKET_BYTES = 12
DIGITS = 6
_TOKEN = re.compile(r"([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{32})")

_TICKET = re.compile(r"([0-9]{1,15})\.[A-Za-z0-9_-]{16}")


class Keys:
    """Links (144 bits) and tokens (192 bits) of one installation."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def link(self, ceremony_id: str, role: str, generation: int) -> str:
        """What stands in the address by which a role enters; another generation is another link."""
        return _text(self._mac("link", ceremony_id, role, str(generation))[:_LINK_BYTES])

    def token(self, participant_id: str) -> str:
        """What a page shows to be this participant."""
        return f"{participant_id}.{self._token_mac(participant_id)}"

    def holder(self, token: str) -> str | None:
        """The participant id of a token, if it is one of ours."""
        found = _TOKEN.fullmatch(token)
        if found is None or not hmac.compare_digest(found[2], self._token_mac(found[1])):
            return None
        return found[1]

    def device(self, device: str) -> str:
        """What is stored in the place of a device's own word."""
        return _text(self._mac("device", device))

    def invitation(self, invitation_id: str) -> str:
        """What stands in the address of a personal link: 128 bits."""
        return _text(self._mac("invitation", invitation_id)[:_INVITATION_BYTES])

    def seat(self, invitation_id: str) -> str:
        """What is stored in the place of a device for somebody who may come by any."""
        return _text(self._mac("seat", invitation_id))

    def code(self, invitation_id: str, turn: int) -> str:
        """Six digits to be read out on the telephone; another turn is another code."""
        return _digits(self._mac("code", invitation_id, str(turn)))

    def code_hash(self, ceremony_id: str, code: str) -> bytes:
        """By what a code is looked up; without the secret, a million tries would tell it."""
        return self._mac("code hash", ceremony_id, code)

    def pin(self, key: str) -> str:
        """Six digits that a second browser must know besides the link; handed on by another way than the link."""
        return _digits(self._mac("pin", key))

    def reply(self, series: str, key: str, contact_id: str) -> str:
        """What stands in the address at which somebody answers whether they come: 128 bits, behind who and which."""
        mac = _text(self._mac("reply", series, key, contact_id)[:_REPLY_BYTES])
        return f"{contact_id}.{key.replace('-', '')}.{mac}"

    def is_reply(self, token: str, series: str, key: str, contact_id: str) -> bool:
        return hmac.compare_digest(token.encode(), self.reply(series, key, contact_id).encode())

    def ticket(self, participant_id: str, since_ms: int) -> str:
        """What somebody is given who waits for a seat since then."""
        return f"{since_ms}.{_text(self._mac('ticket', participant_id, str(since_ms))[:_TICKET_BYTES])}"

    def since_ms(self, ticket: str, participant_id: str) -> int | None:
        """Since when the holder of a ticket waits; `None` when it is not theirs."""
        found = _TICKET.fullmatch(ticket)
        if found is None or not hmac.compare_digest(ticket, self.ticket(participant_id, int(found[1]))):
            return None
        return int(found[1])

    def _token_mac(self, participant_id: str) -> str:
        return _text(self._mac("token", participant_id)[:_TOKEN_BYTES])

    def _mac(self, *words: str) -> bytes:
        # Lengths keep ("a", "bc") and ("ab", "c") apart.
        message = b"".join(len(word.encode()).to_bytes(4) + word.encode() for word in words)
        return hmac.digest(self._secret, message, "sha256")


def digest(key: str) -> bytes:
    """By what a link is looked up: how long that takes tells nothing about the link itself."""
    return hashlib.sha256(key.encode()).digest()


def new_id() -> str:
    """128 random bits as 22 letters."""
    return secrets.token_urlsafe(16)


def _digits(data: bytes) -> str:
    return f"{int.from_bytes(data[:8]) % 10**DIGITS:0{DIGITS}}"


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
