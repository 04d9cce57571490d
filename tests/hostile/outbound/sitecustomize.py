"""Notes whenever a process of Python reaches out for another machine or program; tests/hostile/test_t09_fetching.py
puts this folder on PYTHONPATH.

The interpreter itself raises these events, below every library: neither green sockets nor a resolver of eventlet's own
pass it by.
"""

import json
import os
import sys

REACHING = {
    "socket.connect",
    "socket.sendto",
    "socket.sendmsg",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.gethostbyaddr",
    "subprocess.Popen",
    "os.system",
    "os.posix_spawn",
    "os.exec",
    "os.fork",
}

NOTES = os.environ.get("MEMORATA_TEST_OUTBOUND")
if NOTES:
    opened = os.open(NOTES, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def note(event: str, arguments: tuple[object, ...]) -> None:
        if event in REACHING:
            os.write(opened, json.dumps([event, *(repr(each) for each in arguments)]).encode() + b"\n")

    sys.addaudithook(note)
