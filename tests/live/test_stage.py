"""The stage over real lines, with a mesh: what pages are told, what goes from one to the other, who is refused."""

from tests.live.client import Person, eventually
from tests.live.conftest import Server
from tests.live.staged import SENDS, TAKES, Evening, last_grant, links, told


def test_from_being_called_to_being_heard_out(server: Server) -> None:
    evening = Evening(server, "called")
    vera, chiyo, hana = evening.vera, evening.chiyo, evening.hana
    evening.do("floor.call", entry_id=evening.entry)
    eventually(lambda: last_grant(vera) == "on_deck", "the grant")
    assert vera.ask("stage_tell", {"camera": "on", "microphone": "on", "heard": True})["ok"]
    published = vera.ask("stage_publish", {"picture": True, "sound": True})
    eventually(lambda: len(links(vera, "open")) == 2, "a link to each who watches")
    standing = {
        "key": evening.entry, "kind": "speaker", "online": True, "feed": published["feed"],
        "camera": "on", "microphone": "on", "heard": True,
    }  # fmt: skip
    eventually(lambda: told(hana, "stage")[-1]["deck"] == [standing], "the deck as hosts see it")
    assert all("deck" not in message and message["people"] == [] for message in told(chiyo, "stage"))

    eventually(lambda: links(chiyo, "open"), "her own end of it")
    (link,) = links(chiyo, "open")
    assert (link["way"], link["feed"]) == ("recv", published["feed"])
    assert vera.ask("stage_signal", {"kind": "offer", "link": link["link"], "sdp": SENDS}) == {"ok": True}
    eventually(lambda: told(chiyo, "signal"), "the offer")
    assert told(chiyo, "signal") == [{"kind": "offer", "link": link["link"], "sdp": SENDS}]
    assert chiyo.ask("stage_signal", {"kind": "answer", "link": link["link"], "sdp": TAKES}) == {"ok": True}
    found = {"kind": "candidate", "link": link["link"], "candidate": "candidate:1 1 udp 1 192.0.2.1 9 typ host"}
    assert chiyo.ask("stage_signal", {**found, "mid": "0", "line": 0}) == {"ok": True}
    eventually(lambda: len(told(vera, "signal")) == 2, "answer and candidate")

    evening.do("floor.grant", entry_id=evening.entry)
    eventually(lambda: told(chiyo, "stage")[-1]["people"], "Vera on the stage")
    (person,) = told(chiyo, "stage")[-1]["people"]
    assert (person["name"], person["feed"], person["picture"]) == ("Vera", published["feed"], True)
    evening.do("floor.yield", entry_id=evening.entry)
    eventually(lambda: links(chiyo, "close") and links(vera, "close"), "the links to be closed")
    eventually(lambda: last_grant(vera) is None, "the right to be taken back")
    assert vera.ask("stage_publish", {"picture": True, "sound": True})["code"] == "stage.not_now"


def test_the_silence_closes_every_microphone(server: Server) -> None:
    evening = Evening(server, "silent")
    evening.do("item.cue", item_id="words", aimed_cue=0)
    evening.speaks()
    evening.do("item.cue", item_id="minute", aimed_cue=1)
    eventually(lambda: links(evening.chiyo, "close"), "the silence", 30)
    closed_ms = server_ms(evening.chiyo)
    run = evening.chiyo.state.progress.runs[-1]
    print(f"closed {closed_ms - run.start_ms - 2_000:.0f} ms after the stillness began")
    assert evening.vera.ask("stage_publish", {"picture": True, "sound": True})["code"] == "stage.not_now"
    eventually(lambda: last_grant(evening.vera) == "on_stage", "the right to come back after the silence", 60)
    assert evening.vera.ask("stage_publish", {"picture": True, "sound": True})["ok"]


def server_ms(person: Person) -> float:
    answer = person.ask("clock", {"t0": 0})
    return float(answer["t1"])


def test_a_lost_line_does_not_take_the_picture(server: Server) -> None:
    evening = Evening(server, "lost")
    feed = evening.speaks()
    evening.vera.vanish()
    vera = evening.vera.connect()
    again = vera.ask("stage_watch", {})
    assert again["grant"]["level"] == "on_stage"
    assert again["shown"]["people"][0]["feed"] == feed
    assert links(evening.chiyo, "close") == []
    newer = vera.ask("stage_publish", {"picture": True, "sound": True})["feed"]
    eventually(lambda: told(evening.chiyo, "stage")[-1]["people"][0]["feed"] == newer, "the new feed")
    eventually(lambda: [one["feed"] for one in links(evening.chiyo, "close")] == [feed], "the old link to be closed")


def test_a_restarted_server_takes_everybody_up_again(own_server: Server) -> None:
    evening = Evening(own_server, "restarted")
    evening.speaks()
    own_server.kill()
    own_server.start()
    vera, chiyo = evening.vera.connect(), evening.chiyo.connect(tab="c")
    assert chiyo.ask("stage_watch", {})["shown"]["people"][0]["feed"] is None
    assert vera.ask("stage_watch", {})["grant"]["level"] == "on_stage"
    feed = vera.ask("stage_publish", {"picture": True, "sound": True})["feed"]
    eventually(lambda: told(chiyo, "stage")[-1]["people"][0]["feed"] == feed, "the new feed")
    assert evening.chiyo.faults == []


def test_beyond_six_links_newcomers_see_no_picture_and_hosts_are_told(server: Server) -> None:
    evening = Evening(server, "crowded")
    feed = evening.speaks()
    crowd = [
        server.person(evening.keys["participant"]).connect(tab=f"crowd-{guest}") for guest in range(5)
    ]  # with Vera, Hana and Chiyo eight pages: one too many
    for person in crowd:
        assert person.ask("stage_watch", {"picture": False})["ok"]
    eventually(lambda: told(evening.hana, "stage")[-1]["carries"]["viewers"] == 7, "seven who watch")
    carries = told(evening.hana, "stage")[-1]["carries"]
    assert carries == {"engine": "mesh", "ok": True, "viewers": 7, "well": 4, "most": 6}
    assert [link["feed"] for link in links(crowd[3], "open")] == [feed]
    assert links(crowd[4], "open") == []
    crowd[0].emit("bye", {})
    eventually(lambda: links(crowd[4], "open"), "the place that has become free")


def test_who_sends_to_many_says_a_dozen_things_to_each(server: Server) -> None:
    evening = Evening(server, "talkative")
    evening.speaks()
    (link, *_) = links(evening.vera, "open")
    found = {"kind": "candidate", "link": link["link"], "candidate": "candidate:1 1 udp 1 192.0.2.1 9 typ host"}
    assert [evening.vera.ask("stage_signal", found)["ok"] for _ in range(150)] == [True] * 150
