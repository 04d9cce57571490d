"""The comparison of clocks in little: the proxy passes what it is given, and a short run tells of every candidate."""

import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.load.clock.__main__ import CANDIDATES, HERE
from tests.load.clock.lines import PROFILES, OneWay
from tests.load.clock.proxy import Proxy, selftest

pytestmark = pytest.mark.load


def test_what_goes_in_comes_out_however_slow_the_reader() -> None:
    target = socket.create_server(("127.0.0.1", 0))
    sent = random.Random(1).randbytes(8_000_000)
    received = bytearray()

    def read_late() -> None:
        end, _ = target.accept()
        time.sleep(0.5)  # longer than the kernel's buffers last
        while data := end.recv(65_536):
            received.extend(data)
        end.sendall(b"all of it")
        end.close()

    reading = threading.Thread(target=read_late)
    reading.start()
    line = OneWay(5, 2)
    proxy = Proxy(target.getsockname()[1], (line, line), "1")
    out, told = os.pipe()
    passing = threading.Thread(target=proxy.run, args=(out,))
    passing.start()
    with socket.create_connection(("127.0.0.1", proxy.port)) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        assert client.recv(64) == b"all of it"
        assert client.recv(64) == b""
    reading.join()
    os.write(told, b"stop\n")
    passing.join()
    assert bytes(received) == sent


def test_a_handover_resets_every_connection() -> None:
    target = socket.create_server(("127.0.0.1", 0))
    proxy = Proxy(target.getsockname()[1], (PROFILES["lan"].up, PROFILES["lan"].down), "1")
    out, told = os.pipe()
    passing = threading.Thread(target=proxy.run, args=(out,))
    passing.start()
    with socket.create_connection(("127.0.0.1", proxy.port)) as client:
        client.sendall(b"x")
        far, _ = target.accept()
        assert far.recv(1) == b"x"
        os.write(told, b"handover mobile\n")
        with pytest.raises(ConnectionResetError):
            client.recv(1)
        with pytest.raises(ConnectionResetError):
            far.recv(1)
    os.write(told, b"stop\n")
    passing.join()
    assert proxy.specs == (PROFILES["mobile"].up, PROFILES["mobile"].down)


def test_the_proxy_is_as_late_as_it_says() -> None:
    told = selftest()
    print(told)
    assert told["late_ms"]["n"] == 400
    assert told["above_ms"]["p0"] >= 0


@pytest.mark.timeout(180)
def test_a_short_run_tells_of_every_candidate(tmp_path: Path) -> None:
    if not (HERE / "node_modules/.installed").is_file():
        pytest.skip("make bench-clock fetches the libraries")
    figures = tmp_path / "figures.json"
    arguments = ["--profiles", "home-wifi", "--seconds", "25", "--clients", "2", "--json", str(figures)]
    arguments += ["--record", str(tmp_path / "exchanges")]
    done = subprocess.run([sys.executable, "-m", "tests.load.clock", *arguments], check=True, stdout=subprocess.PIPE)
    print(done.stdout.decode())
    rows = json.loads(figures.read_text())["profiles"]["home-wifi"]["candidates"]
    assert list(rows) == list(CANDIDATES)
    # All but the last readings of ten seconds; whatever the machine does, nobody is a second wrong.
    assert all(row["readings"] > 150 and row["max_ms"] < 1000 for row in rows.values())
    assert not any("faults" in row for row in rows.values())
    assert rows["ours"]["bound"]["broken"] == 0
    assert len(list((tmp_path / "exchanges").iterdir())) == 4
