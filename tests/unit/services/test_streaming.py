"""The stage as a stream: one encoder for each ceremony, which follows whoever is shown and is never missed for long."""

from dataclasses import dataclass, field

import pytest

from memorata.domain.errors import Refused
from memorata.services import streaming
from memorata.services.streaming import Streaming
from tests.fakes import FakeAlarm, FakeClock

ID = "remembrance-2027"


@dataclass
class FakeChannel:
    number: int
    picture: bool
    sound: bool
    ended: bool = False
    died: bool = False

    @property
    def sound_port(self) -> int:
        return 40_000 + 10 * self.number

    @property
    def picture_port(self) -> int:
        return 40_002 + 10 * self.number

    def alive(self) -> bool:
        return not (self.ended or self.died)

    def end(self) -> None:
        self.ended = True


@dataclass
class FakeStreams:
    channels: list[FakeChannel] = field(default_factory=list)
    newest: dict[str, int] = field(default_factory=dict)
    swept: bool = False
    full: bool = False

    def open(self, ceremony_id: str, *, picture: bool, sound: bool) -> FakeChannel:
        if self.full:
            raise OSError("no ffmpeg here")
        self.channels.append(FakeChannel(len(self.channels), picture, sound))
        return self.channels[-1]

    def newest_ms(self, ceremony_id: str) -> int | None:
        return self.newest.get(ceremony_id)

    def clear(self, ceremony_id: str) -> None:
        self.newest.pop(ceremony_id, None)

    def sweep(self, *, alone: bool) -> None:
        self.swept = True


class Engine:
    """As far as a stream needs one."""

    def __init__(self) -> None:
        self.forwards: list[tuple[str | None, int, int]] = []
        self.away = False

    def forward(self, feed_id: str | None, ceremony_id: str, sound_port: int, picture_port: int) -> None:
        if self.away:
            raise Refused("stage.unavailable")
        self.forwards.append((feed_id, sound_port, picture_port))


class House:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.alarm = FakeAlarm(self.clock)
        self.engine, self.streams = Engine(), FakeStreams()
        self.told: list[str] = []
        self.desk = Streaming(
            self.engine,
            self.streams,
            self.clock,
            self.alarm,
            lambda one: self.told.append(self.desk.url(one)),  # type: ignore[arg-type]
        )
        self.desk.start()

    def show(self, feed: str | None, *, picture: bool = True, sound: bool = True) -> None:
        self.desk.show(ID, feed, picture=picture, sound=sound)
        self.alarm.pass_time(0)

    def writes(self) -> None:
        """The encoder finishes a segment."""
        self.streams.newest[ID] = self.clock.now_ms()
        self.desk.look()

    def later(self, seconds: float, *, writing: bool = False) -> None:
        for _ in range(int(seconds * 2)):
            self.clock.forward(500)
            if writing:
                self.streams.newest[ID] = self.clock.now_ms()
            self.desk.look()

    @property
    def last(self) -> FakeChannel:
        return self.streams.channels[-1]


@pytest.fixture
def house() -> House:
    return House()


def test_whoever_is_shown_is_sent_to_an_encoder(house: House) -> None:
    assert house.streams.swept
    house.show("vera")
    assert (house.last.picture, house.last.sound) == (True, True)
    assert house.engine.forwards == [("vera", 40_000, 40_002)]
    assert house.desk.url(ID) == ""
    house.later(4)
    house.writes()
    assert house.told == ["/stream/remembrance-2027/live.m3u8"]
    house.show("vera")
    assert len(house.streams.channels) == 1


def test_the_next_one_gets_an_encoder_of_their_own_and_nothing_more_comes_of_the_first(house: House) -> None:
    house.show("vera")
    house.show("bruno", picture=False)
    assert house.engine.forwards == [("vera", 40_000, 40_002), (None, 0, 0), ("bruno", 40_010, 40_012)]
    assert house.streams.channels[0].ended
    assert (house.last.picture, house.last.sound) == (False, True)


def test_with_nobody_it_goes_on_for_a_minute_and_watchers_leave_it_before(house: House) -> None:
    house.show("vera")
    house.writes()
    house.show(None)
    assert (house.last.picture, house.last.sound) == (False, False)
    assert house.engine.forwards[-1] == (None, 0, 0)
    house.later(11, writing=True)
    assert house.desk.url(ID)
    house.later(2, writing=True)
    assert house.told == ["/stream/remembrance-2027/live.m3u8", ""]
    house.show("bruno")
    assert house.desk.url(ID)
    house.show(None)
    house.later(61, writing=False)
    assert all(channel.ended for channel in house.streams.channels)
    assert house.streams.newest == {}


def test_nobody_at_first_makes_no_stream(house: House) -> None:
    house.show(None)
    assert house.streams.channels == []


def test_one_that_dies_or_stands_still_is_begun_anew(house: House) -> None:
    house.show("vera")
    house.later(4)
    house.writes()
    house.last.died = True
    house.desk.look()
    assert len(house.streams.channels) == 2
    assert house.engine.forwards[-1] == ("vera", 40_010, 40_012)
    house.later(5, writing=True)
    house.later(streaming.STALLED_MS / 1000 + 1)
    assert len(house.streams.channels) == 3
    assert house.streams.channels[1].ended


def test_what_never_comes_is_left_out_and_tried_again_later(house: House) -> None:
    house.show("vera")
    for _ in range(streaming.TRIES):
        assert house.last.picture
        house.later(streaming.STALLED_MS / 1000 + 3)
    assert (house.last.picture, house.last.sound) == (False, True)
    house.later(streaming.WHOLE_AGAIN_MS / 1000 + 1, writing=True)
    assert (house.last.picture, house.last.sound) == (True, True)


def test_a_media_server_that_is_away_is_asked_again(house: House) -> None:
    house.engine.away = True
    house.show("vera")
    house.later(2)
    house.engine.away = False
    house.later(1.5)
    assert house.engine.forwards == [("vera", 40_000, 40_002)]
    assert len(house.streams.channels) == 1


def test_without_a_program_it_is_tried_now_and_then(house: House) -> None:
    house.streams.full = True
    house.show("vera")
    house.later(4)
    house.streams.full = False
    house.later(2)
    assert [forward[0] for forward in house.engine.forwards] == ["vera"]


def test_at_the_end_nothing_is_left(house: House) -> None:
    house.show("vera")
    house.writes()
    house.desk.stop()
    assert house.last.ended
    assert house.engine.forwards[-1] == (None, 0, 0)
    assert house.streams.newest == {}
