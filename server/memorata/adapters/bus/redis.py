"""The bus over Redis, which keeps nothing: whoever was deaf is told so, and reads the store.

One greenlet listens by a line of its own and comes back for ever; another one sends, so that a Redis that hangs holds
up nobody who has something to say. What is said is signed: whoever else can write to Redis cannot speak among us.
"""

import hashlib
import hmac
import random
import secrets
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec
import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

from memorata import green
from memorata.services.bus import ASK_S, Hear, Message, NoAnswer

log = structlog.get_logger(__name__)

TIMEOUT_S = 1.0
ALIVE_S = 1.0
ECHOES = 5
"""How often we must have heard ourselves, once a second, since we last heard another who is to be counted as gone."""

DEAF_S = 3.0
"""A line by which we do not even hear ourselves for so long is dead."""

STALE_S = 5.0
"""What could not be sent for so long is not sent any more; those who miss it notice by its number."""

GAP_S = 0.05
QUEUE_MAX = 20_000
BYTES_MAX = 256_000
BATCH = 200
_MAC_BYTES = 16


class RedisBus:
    """Between workers that share one secret key and one Redis.

    Args: url: as redis-py takes it. name: what the worker is called; something is added that no other process has.
    """

    def __init__(self, url: str, secret: bytes, name: str) -> None:
        self.me = f"{name}.{secrets.token_hex(4)}"
        self._url = url
        self._key = hashlib.blake2s(secret, person=b"bus key").digest()
        # Several installations may share one Redis.
        self._prefix = "memorata:" + hashlib.blake2s(secret, digest_size=8, person=b"bus name").hexdigest()
        self._hearers: dict[str, list[Hear]] = {}
        self._answers: dict[str, Callable[[str, Message], Message]] = {}
        self._gap_calls: list[Callable[[], object]] = []
        self._left_calls: list[Callable[[str], object]] = []
        self._asked: dict[str, _Question] = {}
        self._heard: dict[str, _Sender] = {}
        self._echoes = 0
        self._heard_self_s = 0.0
        self._numbers: dict[str, int] = {}
        self._out: deque[tuple[float, str, dict[str, Any]]] = deque(maxlen=QUEUE_MAX)
        self._in: dict[str, deque[tuple[str, Message]]] = {}
        self._gaps = False
        self._lock = green.lock()
        self._wake = green.event()
        self._running = False
        self._stopped = green.event()
        self.connected = False
        self.returns = -1

    # --- the port ---

    def others(self) -> tuple[str, ...]:
        return tuple(sorted(self._heard))

    def tell(self, topic: str, message: Message, to: str | None = None) -> None:
        self._say(to, {"topic": topic, "message": message})

    def on(self, topic: str, hear: Hear) -> None:
        self._hearers.setdefault(topic, []).append(hear)

    def ask(self, worker: str, topic: str, message: Message, within_s: float = ASK_S) -> Message:
        question, number = _Question(), secrets.token_hex(8)
        self._asked[number] = question
        try:
            self._say(worker, {"topic": topic, "message": message, "ask": number})
            if not question.answered.wait(within_s) or question.answer is None:
                raise NoAnswer(f"{worker} said nothing about {topic}")
            return question.answer
        finally:
            del self._asked[number]

    def answer(self, topic: str, give: Callable[[str, Message], Message]) -> None:
        self._answers[topic] = give

    def on_gap(self, call: Callable[[], object]) -> None:
        self._gap_calls.append(call)

    def on_left(self, call: Callable[[str], object]) -> None:
        self._left_calls.append(call)

    def start(self) -> None:
        self._running = True
        green.spawn(self._listen)
        green.spawn(self._send)

    def stop(self) -> None:
        if self._running:
            self._say(None, {"leaves": True})
            self._running = False
            self._wake.set()
            self._stopped.wait(TIMEOUT_S)

    # --- sending ---

    def _say(self, to: str | None, body: dict[str, Any]) -> None:
        if self._running:
            # In a full queue the oldest makes room, which those who miss it notice by its number.
            self._out.append((time.monotonic(), to or "all", body))
            self._wake.set()

    def _send(self) -> None:
        """Send what has been said, in its order, and once a second that we live."""
        client = self._client()
        alive_s = 0.0
        while self._running or self._out:
            now_s = time.monotonic()
            if now_s - alive_s >= ALIVE_S and self._running:
                alive_s = now_s
                self._out.append((now_s, "all", {"alive": True}))
            if not self._out:
                self._wake.wait(max(0.01, alive_s + ALIVE_S - now_s))
                self._wake.clear()
                continue
            batch = [self._out.popleft() for _ in range(min(BATCH, len(self._out)))]
            said = [one for to, body in ((to, body) for _, to, body in batch) if (one := self._packed(to, body))]
            while not self._sent(client, said):
                if not self._running or time.monotonic() - batch[0][0] > STALE_S:
                    break
                green.sleep(0.5)
        client.close()
        self._stopped.set()

    def _sent(self, client: Any, said: list[tuple[str, bytes]]) -> bool:
        try:
            pipeline = client.pipeline(transaction=False)
            for channel, packet in said:
                pipeline.publish(channel, packet)
            pipeline.execute()
        except redis.RedisError as error:
            log.debug("bus.unsent", reason=str(error))
            return False
        return True

    def _packed(self, to: str, body: dict[str, Any]) -> tuple[str, bytes] | None:
        number = self._numbers[to] = self._numbers.get(to, 0) + 1
        channel = f"{self._prefix}:{to}"
        try:
            text = msgspec.json.encode({"from": self.me, "number": number, **body})
        except (TypeError, ValueError, msgspec.MsgspecError):
            log.exception("bus.unsayable", topic=body.get("topic"))
            return None
        if len(text) > BYTES_MAX:
            log.error("bus.too_long", topic=body.get("topic"), bytes=len(text))
            return None
        return channel, self._mac(channel, text) + text

    def _mac(self, channel: str, text: bytes) -> bytes:
        return hashlib.blake2s(channel.encode() + b"\0" + text, key=self._key, digest_size=_MAC_BYTES).digest()

    def _client(self) -> Any:
        # No second try by the library: it would hide from us that something was missed.
        return redis.Redis.from_url(
            self._url,
            protocol=2,
            socket_timeout=TIMEOUT_S,
            socket_connect_timeout=TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),
        )

    # --- hearing ---

    def _listen(self) -> None:
        told = True
        while self._running:
            client = self._client()
            # Ours as long as we listen: nobody else may put another one in its place.
            listening = client.pubsub()
            try:
                listening.subscribe(f"{self._prefix}:all", f"{self._prefix}:{self.me}")
                self._hear_on(listening)
            except (redis.RedisError, OSError, ValueError) as error:
                if told and self._running:
                    log.warning("bus.lost", reason=str(error))
                    told = False
            except Exception:
                log.exception("bus.defect")
            told = told or self.connected
            self.connected = False
            for each in (listening, client):
                try:
                    each.close()
                except (redis.RedisError, OSError):
                    log.debug("bus.unclosed")
            if self._running:
                green.sleep(random.uniform(0.5, 1.0))

    def _hear_on(self, listening: Any) -> None:
        """Hear until the line is lost. Raises: redis.RedisError."""
        subscribed = 0
        self._heard_self_s = time.monotonic()
        while self._running:
            message = listening.get_message(timeout=TIMEOUT_S)
            if time.monotonic() - self._heard_self_s > DEAF_S:
                raise redis.ConnectionError("we do not hear ourselves")
            if message is None:
                continue
            if message["type"] == "subscribe":
                subscribed += 1
                if subscribed == 2:
                    self._hears_again()
            elif message["type"] == "message":
                self._take(message["channel"], message["data"])

    def _hears_again(self) -> None:
        log.info("bus.hears", worker=self.me)
        self.connected = True
        self.returns += 1
        self._heard_self_s = time.monotonic()
        for sender in self._heard.values():
            sender.numbers.clear()
            sender.echoes = self._echoes
        self._gap()

    def _take(self, channel: bytes, packet: bytes) -> None:
        mac, text = packet[:_MAC_BYTES], packet[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(channel.decode(errors="replace"), text)):
            log.warning("bus.not_ours")
            return
        said = msgspec.json.decode(text)
        sender: str = said["from"]
        if sender == self.me:
            if "alive" in said:
                self._heard_self_s = time.monotonic()
                self._echoes += 1
                self._bury()
            return
        if "leaves" in said:
            self._left(sender)
            return
        known = self._heard.get(sender)
        if known is None:
            known = self._heard[sender] = _Sender()
            log.info("bus.joined", worker=sender)
        known.echoes = self._echoes
        number, before = int(said["number"]), known.numbers.get(channel)
        if before is not None and number <= before:
            return  # it was sent once more by somebody who did not know whether the first had gone out
        known.numbers[channel] = number
        if before is not None and number > before + 1:
            log.warning("bus.missed", worker=sender, messages=number - before - 1)
            self._gap()
        if "answers" in said:
            self._answered(said)
        elif "ask" in said:
            green.spawn(self._give, sender, said)
        elif "topic" in said:
            self._pass_on(said["topic"], sender, said["message"])

    def _bury(self) -> None:
        for worker in [one for one, known in self._heard.items() if self._echoes - known.echoes > ECHOES]:
            log.warning("bus.silent", worker=worker)
            self._left(worker)

    def _left(self, worker: str) -> None:
        if self._heard.pop(worker, None) is not None:
            log.info("bus.left", worker=worker)
            for call in self._left_calls:
                green.spawn(_safely, "left", call, worker)

    def _gap(self) -> None:
        """Something may have been missed; of several gaps at once one is told."""
        if not self._gaps:
            self._gaps = True
            green.spawn(self._tell_gap)

    def _tell_gap(self) -> None:
        green.sleep(GAP_S)
        self._gaps = False
        for call in self._gap_calls:
            _safely("gap", call)

    def _give(self, sender: str, said: dict[str, Any]) -> None:
        give = self._answers.get(said["topic"])
        if give is not None:
            answer = _safely(said["topic"], give, sender, said["message"])
            self._say(sender, {"answers": said["ask"], "message": answer})

    def _answered(self, said: dict[str, Any]) -> None:
        question = self._asked.get(said["answers"])
        if question is not None:
            question.answer = said["message"]
            question.answered.set()

    def _pass_on(self, topic: str, sender: str, message: Message) -> None:
        """To those who hear of the topic: one after the other, but no topic waits for another one's hearers."""
        if topic not in self._hearers:
            return
        with self._lock:
            waiting = self._in.get(topic)
            if waiting is None:
                self._in[topic] = deque([(sender, message)])
                green.spawn(self._hear, topic)
                return
            full = len(waiting) >= QUEUE_MAX
            if full:
                waiting.clear()
            waiting.append((sender, message))
        if full:
            self._gap()

    def _hear(self, topic: str) -> None:
        while True:
            with self._lock:
                if not self._in[topic]:
                    del self._in[topic]
                    return
                sender, message = self._in[topic].popleft()
            for hear in self._hearers[topic]:
                _safely(topic, hear, sender, message)


class _Sender:
    """What is known of another worker: by channel the number of what it said last, and when that was."""

    def __init__(self) -> None:
        self.numbers: dict[bytes, int] = {}
        self.echoes = 0


class _Question:
    """What one of the others is asked; `answer` stays `None` where it had none to give."""

    def __init__(self) -> None:
        self.answered = green.event()
        self.answer: Message | None = None


def _safely(what: str, call: Callable[..., Any], *args: object) -> Any:
    try:
        return call(*args)
    except Exception:
        log.exception("bus.hearing", what=what)
        return None
