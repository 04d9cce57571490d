"""What is missing is named, and asked for anew each time."""

from memorata.services.readiness import Readiness


def test_what_is_missing_is_named() -> None:
    there = {"store": True, "cues": True}
    readiness = Readiness()
    for word in there:
        readiness.needs(word, lambda word=word: there[word])  # type: ignore[misc]
    assert readiness.lacks() == ()
    there["store"] = False
    assert readiness.lacks() == ("store",)
    readiness.drain()
    assert readiness.lacks() == ("draining", "store")
    there["store"] = True
    assert readiness.lacks() == ("draining",)
