"""What workers say to each other, over a real Redis that is killed, frozen and written to by strangers."""

import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis

from memorata.adapters.bus.redis import RedisBus
from memorata.services.bus import NoAnswer
from tests.live.client import eventually
from tests.redis import Redis

Make = Callable[..., RedisBus]


@pytest.fixture
def bus(redis_server: Redis) -> Iterator[Make]:
    """Makes workers of one installation."""
    made: list[RedisBus] = []
    ours = secrets.token_bytes(32)

    def make(name: str, secret: bytes = ours) -> RedisBus:
        one = RedisBus(redis_server.url, secret, name)
        made.append(one)
        one.start()
        eventually(lambda: one.connected, "the line to Redis")
        return one

    yield make
    for one in made:
        one.stop()


def acquainted(*workers: RedisBus) -> None:
    names = {worker.me for worker in workers}
    eventually(lambda: all({*one.others(), one.me} == names for one in workers), "all to know each other")


def heard_by(worker: RedisBus, topic: str) -> list[Any]:
    heard: list[Any] = []
    worker.on(topic, lambda sender, message: heard.append((sender, message)))
    return heard


def test_what_one_says_all_others_hear_once_and_in_order(bus: Make) -> None:
    a, b, c = bus("a"), bus("b"), bus("c")
    acquainted(a, b, c)
    heard = [heard_by(worker, "log") for worker in (a, b, c)]
    for seq in range(500):
        a.tell("log", {"ceremony": "память", "seq": seq})
    a.tell("log", {"seq": "to b alone"}, b.me)
    said = [(a.me, {"ceremony": "память", "seq": seq}) for seq in range(500)]
    eventually(lambda: len(heard[1]) == 501 and len(heard[2]) == 500, "both to hear all")
    assert heard[0] == []
    assert heard[2] == said
    assert [one for one in heard[1] if one[1]["seq"] != "to b alone"] == said


def test_one_is_asked_and_answers_and_who_is_gone_does_not(bus: Make) -> None:
    a, b = bus("a"), bus("b")
    acquainted(a, b)
    b.answer("sum", lambda sender, asked: {"of": sender, "sum": asked["x"] + asked["y"]})
    b.answer("defect", lambda _, __: {}["nothing"])
    assert a.ask(b.me, "sum", {"x": 2, "y": 3}) == {"of": a.me, "sum": 5}
    for topic in ("defect", "unknown"):
        with pytest.raises(NoAnswer):
            a.ask(b.me, topic, {}, within_s=0.3)
    gone: list[str] = []
    a.on_left(gone.append)
    b.stop()
    eventually(lambda: gone == [b.me], "the word that one leaves")
    assert a.others() == ()
    with pytest.raises(NoAnswer):
        a.ask(b.me, "sum", {"x": 2, "y": 3}, within_s=0.3)


@pytest.mark.heavy
def test_one_that_falls_silent_is_counted_as_gone(bus: Make) -> None:
    a, b = bus("a"), bus("b")
    acquainted(a, b)
    gone: list[str] = []
    a.on_left(gone.append)
    b._running = False  # as if killed: it says nothing more
    eventually(lambda: gone == [b.me], "the silence to be noticed", 20)


def test_after_redis_was_killed_all_hear_again_and_are_told_of_the_gap(bus: Make, redis_server: Redis) -> None:
    a, b = bus("a"), bus("b")
    acquainted(a, b)
    gaps: list[float] = []
    b.on_gap(lambda: gaps.append(time.monotonic()))
    heard = heard_by(b, "log")
    redis_server.kill()
    a.tell("log", {"seq": 1})
    eventually(lambda: not b.connected, "the loss of the line")
    assert a.others() == (b.me,), "who was known stays known while nobody is heard"
    time.sleep(2)
    redis_server.start()
    back = time.monotonic()
    eventually(lambda: gaps and a.connected, "the word of the gap")
    print(f"heard again {gaps[0] - back:.2f} s after Redis had come back")
    a.tell("log", {"seq": 2})
    eventually(lambda: heard and heard[-1][1]["seq"] == 2, "what is said afterwards")


def test_a_redis_that_hangs_holds_nobody_up(bus: Make, redis_server: Redis) -> None:
    a, b = bus("a"), bus("b")
    acquainted(a, b)
    heard, gaps = heard_by(b, "log"), []
    b.on_gap(lambda: gaps.append(1))
    with redis_server.frozen():
        began = time.monotonic()
        for seq in range(25_000):
            a.tell("log", {"seq": seq})
        took = time.monotonic() - began
        eventually(lambda: not a.connected and not b.connected, "both to notice")
    assert took < 1.0, "whoever has something to say does not wait"
    eventually(lambda: a.connected and b.connected and gaps, "both to hear again, and of the gap")
    a.tell("log", {"seq": "after"})
    eventually(lambda: heard and heard[-1][1]["seq"] == "after", "what is said afterwards")
    assert a.others() == (b.me,)


def test_nobody_else_can_speak_among_us(bus: Make, redis_server: Redis) -> None:
    a, b = bus("a"), bus("b")
    stranger = bus("a", secrets.token_bytes(32))
    acquainted(a, b)
    heard, far = heard_by(b, "log"), heard_by(stranger, "log")
    with redis.Redis.from_url(redis_server.url) as writer:
        channel = f"{b._prefix}:all"
        for packet in (b"", b"x", b"\0" * 16 + b'{"from":"a","number":9,"topic":"log","message":{}}'):
            writer.publish(channel, packet)
        # Said to one, it is not said to all.
        own = b._packed(a.me, {"topic": "log", "message": {"seq": "moved"}})
        assert own is not None
        writer.publish(channel, own[1])
    stranger.tell("log", {"seq": "strange"})
    a.tell("log", {"seq": 1})
    eventually(lambda: heard, "what is ours")
    assert heard == [(a.me, {"seq": 1})]
    assert far == []


def test_what_is_slow_to_be_heard_keeps_no_other_topic_waiting(bus: Make) -> None:
    a, b = bus("a"), bus("b")
    acquainted(a, b)
    slow: list[int] = []
    b.on("slow", lambda _, message: (time.sleep(0.3), slow.append(message["n"])))
    quick = heard_by(b, "quick")
    for n in range(3):
        a.tell("slow", {"n": n})
    a.tell("quick", {})
    eventually(lambda: quick, "the other topic")
    assert len(slow) < 3
    eventually(lambda: slow == [0, 1, 2], "the slow one, in its order")


def test_what_cannot_be_said_is_told_to_nobody_and_does_no_harm(bus: Make) -> None:
    a, b = bus("a"), bus("b")
    acquainted(a, b)
    heard = heard_by(b, "log")
    a.tell("log", {"a thing": object()})
    a.tell("log", {"long": "x" * 300_000})
    a.tell("log", {"seq": 1})
    eventually(lambda: heard, "what can be said")
    assert heard == [(a.me, {"seq": 1})]
