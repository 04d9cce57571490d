"""How often one address may ask: generously for everything, for two hundred people may sit behind the address of one
care home; strictly for what is wrong, which is how somebody guesses.

Counted in memory, by a keyed hash of the address that is neither logged nor kept.
"""

import math
import secrets
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from hashlib import blake2s

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter, RequestLimit
from limits import RateLimitItem, parse

from memorata.adapters.security_log import network
from memorata.config import is_loopback
from memorata.domain.errors import Refused
from memorata.services.ports import SecurityLog
from memorata.services.wrongs import Share, by_itself

ALL = ["2000 per 10 seconds", "8000 per minute"]
"""Answers of one kind to one address: two hundred watchers ask for the timeline a hundred times a second together."""

FILES = "20000 per minute"
"""Scripts, pictures, films in pieces: two hundred pages that open at once fetch forty files each."""

WRONG = "40 per 5 minutes"
"""Wrong links of one address: a few dozen people mistype theirs; nobody guesses one of 2**128 so."""

WRONG_SHORT = "10 per 15 minutes"
"""Wrong PINs, codes and passwords of one address."""

WRONG_ABOUT = "30 per hour"
"""The same from all addresses together, about one person or link."""

GUESSED = frozenset({"link.unknown"})
"""The refusals that tell somebody that their guess was wrong."""

Counted = tuple[RateLimitItem, tuple[str, ...]]

_EXTENSION = "memorata.guesses"


class TooMany(Refused):
    """`request.too_many`, with the seconds after which it is worth trying again."""

    def __init__(self, after_s: int) -> None:
        super().__init__("request.too_many", after_s=after_s)
        self.after_s = after_s


class Guesses:
    """Counts what was wrong, by the engine of the limiter."""

    def __init__(self, limiter: Limiter, security: SecurityLog, salt: bytes, share: Share) -> None:
        self.limiter = limiter
        self.salt = salt
        self._security = security
        self._count = share("guess", self._count_here)

    def wait_s(self, most: RateLimitItem, *name: str) -> int:
        """How long until another one may be wrong; 0 when it may now."""
        engine = self.limiter.limiter
        if engine.test(most, *name):
            return 0
        return max(1, math.ceil(engine.get_window_stats(most, *name).reset_time - time.time()))

    def wrong(self, most: RateLimitItem, *name: str) -> None:
        self._count(str(most), *name)

    def _count_here(self, most: str, *name: str) -> None:
        self.limiter.limiter.hit(parse(most), *name)

    def tripped(self, kind: str) -> None:
        self._security.note("limiter.tripped", address=request.remote_addr or "", kind=kind)


def salted(key: bytes) -> bytes:
    """What addresses are hashed with where they are counted, the same at all workers of a house."""
    return blake2s(key, person=b"guesses").digest()


def caller() -> str:
    """Who asks, as a hash: one address, or one house of IPv6 addresses."""
    guesses: Guesses = current_app.extensions[_EXTENSION]
    return blake2s(network(request.remote_addr or "").encode(), key=guesses.salt, digest_size=16).hexdigest()


@contextmanager
def guessing(
    kind: str, about: str = "", *, wrong: frozenset[str] = GUESSED, most: str = WRONG_SHORT, shut: bool = True
) -> Iterator[None]:
    """What is done inside is a guess when it ends in one of the refusals `wrong`; too many of them, and it is not done.

    Args:
        kind: `link`, `pin`, `code`, `sign-in`: each is counted by itself, for each address.
        about: whose PIN or password: counted over all addresses too, more generously.
        most: how many may be wrong. shut: whether the right one is refused as well when it is too many, which it has
            to be where it is short enough to be guessed; where it is not, nobody suffers for a neighbour.

    Raises: TooMany
    """
    guesses: Guesses = current_app.extensions[_EXTENSION]
    counted: list[Counted] = [(parse(most), (kind, caller()))]
    if about:
        counted.append((parse(WRONG_ABOUT), (kind, "about", blake2s(about.encode(), digest_size=16).hexdigest())))
    if shut:
        _refuse(guesses, kind, counted)
    try:
        yield
    except Refused as refused:
        if refused.code in wrong:
            _refuse(guesses, kind, counted)
            for limit, name in counted:
                guesses.wrong(limit, *name)
        raise


def link_guessing() -> AbstractContextManager[None]:
    """Around whatever is opened by a link, which is too long to be guessed: the right one always opens."""
    return guessing("link", most=WRONG, shut=False)


def _refuse(guesses: Guesses, kind: str, counted: list[Counted]) -> None:
    after_s = max(guesses.wait_s(limit, *name) for limit, name in counted)
    if after_s:
        guesses.tripped(kind)
        raise TooMany(after_s) from None


def limit(app: Flask, security: SecurityLog, proxies: int, key: bytes = b"", share: Share = by_itself) -> Limiter:
    """Put the limits before every page; to be called before the blueprints are registered.

    Args:
        proxies: how many of our own tell whose address it is.
        key: of this house, the same at all its workers; without one addresses are hashed by another one each time.
        share: by which wrong guesses are counted with other workers. All else is counted by each worker itself.
    """
    salt = salted(key) if key else secrets.token_bytes(32)

    def tripped(limit: RequestLimit) -> Response | None:
        security.note("limiter.tripped", address=request.remote_addr or "", kind=request.endpoint or "")
        return None

    limiter = Limiter(
        caller,
        app=app,
        default_limits=list(ALL),
        # Where the counts were kept elsewhere, losing that neither opened nor closed the doors.
        storage_uri="memory://",
        in_memory_fallback_enabled=True,
        strategy="fixed-window",
        on_breach=tripped,
        headers_enabled=False,
    )

    @limiter.request_filter
    def nobody() -> bool:
        # Programs of this machine; or everybody, behind a proxy that nobody has told us of: then a ceremony must not
        # be ended by that mistake. Guesses are counted all the same.
        return proxies == 0 and is_loopback(request.remote_addr or "")

    app.extensions[_EXTENSION] = Guesses(limiter, security, salt, share)
    return limiter


def after_s() -> int:
    """Seconds until the limit that this request has tripped lets somebody through again."""
    guesses: Guesses = current_app.extensions[_EXTENSION]
    current = guesses.limiter.current_limit
    return 1 if current is None else max(1, math.ceil(current.reset_at - time.time()))
