"""Passwords, hashed by Argon2id in threads of their own: hashing on the loop would hold everybody up."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from memorata import green
from memorata.domain.errors import Refused

AT_ONCE = 4
PATIENCE_S = 5.0
"""How long somebody waits for their turn: who cannot be served soon is told so, instead of piling up."""


class Argon2Passwords:
    """By the first recommendation of OWASP's cheat sheet: one lane, so that a hash takes one core and no more."""

    def __init__(self, *, memory_kib: int = 47_104, rounds: int = 2) -> None:
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=1)
        self._turns: threading.Semaphore = green.semaphore(AT_ONCE)
        self._nobodys: str | None = None

    def hash(self, password: str) -> str:
        with self._turn():
            return green.in_thread(self._hasher.hash, password)

    def check(self, password_hash: str | None, password: str) -> bool:
        with self._turn():
            if self._nobodys is None:
                # Made at the first check, whoever it is for; from then on each costs one look.
                self._nobodys = green.in_thread(self._hasher.hash, secrets.token_urlsafe(16))
            right = green.in_thread(self._is_right, password_hash or self._nobodys, password)
        return right and password_hash is not None

    def _is_right(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=PATIENCE_S):
            raise Refused("enter.busy")
        try:
            yield
        finally:
            self._turns.release()
