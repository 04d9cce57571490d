"""Waiting, starting and limiting in the server's own way: green threads where eventlet has patched, else plain ones.

With serve.py this is the only file that names eventlet; it is not imported unless serve.py has patched by it.
"""

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class TimedOut(Exception):
    """A unit of work took longer than it may."""


def is_green() -> bool:
    """Whether threads, sleeps and sockets of this process cooperate by eventlet."""
    eventlet: Any = sys.modules.get("eventlet")
    return eventlet is not None and bool(eventlet.patcher.is_monkey_patched("thread"))


def sleep(seconds: float) -> None:
    """Let the others run for so long; 0 gives each a turn."""
    time.sleep(seconds)


def lock() -> threading.Lock:
    """One holder at a time, waiting in green; not reentrant."""
    return threading.Lock()


def semaphore(holders: int) -> threading.Semaphore:
    """So many holders at a time, waiting in green."""
    return threading.Semaphore(holders)


def event() -> threading.Event:
    return threading.Event()


def spawn(work: Callable[P, object], /, *args: P.args, **kwargs: P.kwargs) -> None:
    """Do `work` beside everything else; it must see to its own exceptions."""
    if is_green():
        sys.modules["eventlet"].spawn_n(work, *args, **kwargs)
    else:
        threading.Thread(target=work, args=args, kwargs=kwargs, daemon=True).start()


def tell_defects(tell: Callable[[Any], None]) -> None:
    """Have what nobody caught in a green thread told, with its type, value and trace; else it is printed as it is."""
    from eventlet import hubs  # reached only where eventlet is in use

    hub = hubs.get_hub()

    def of_line(fileno: int, exc_info: Any) -> None:
        tell(exc_info)
        with suppress(Exception):
            hub.remove_descriptor(fileno)

    hub.squelch_timer_exception = lambda _timer, exc_info: tell(exc_info)
    hub.squelch_exception = of_line


def throw(thread: Any, reason: Exception) -> None:
    """Let something happen to a green thread where it waits just now."""
    sys.modules["eventlet"].kill(thread, reason)


def look_on(look: Callable[[int], bool], each_s: float) -> None:
    """Call `look` again and again from a thread of the system until it says False, with the number of this thread.

    It runs while the green threads stand, so it may neither wait nor log nor ask for any lock of theirs.
    """
    patcher: Any = sys.modules["eventlet"].patcher
    real, pause = patcher.original("_thread"), patcher.original("time").sleep
    main = real.get_ident()

    def looking() -> None:
        while look(main):
            pause(each_s)

    real.start_new_thread(looking, ())


def spawn_after(seconds: float, work: Callable[[], object]) -> Callable[[], None]:
    """Do `work` after so long; returns what calls it off."""
    if is_green():
        timer: Any = sys.modules["eventlet"].spawn_after(seconds, work)
        return lambda: timer.cancel()
    plain = threading.Timer(seconds, work)
    plain.daemon = True
    plain.start()
    return plain.cancel


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Give up on the work inside after so long; without eventlet the work's own limits have to do.

    Raises: TimedOut
    """
    if not is_green():
        yield
        return
    eventlet: Any = sys.modules["eventlet"]
    limit = eventlet.Timeout(seconds)
    try:
        yield
    except BaseException as caught:
        # Timeout is no Exception, and others' time-outs are not ours to answer.
        if caught is limit:
            raise TimedOut(f"took longer than {seconds} s") from caught
        raise
    finally:
        limit.cancel()


def in_thread(work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Do work that would hold everybody up (a hash of a password) in a thread of the system, and wait for it."""
    if is_green():
        from eventlet import tpool  # reached only where eventlet is in use

        done: T = tpool.execute(work, *args, **kwargs)
        return done
    return work(*args, **kwargs)


def addresses(host: str) -> list[str]:
    """The addresses of a name as the system knows them, in its order of preference.

    Raises: OSError: there are none.
    """
    # Not by eventlet's own resolver, which knows less than the system's; so in a thread, for it waits.
    known: Any = socket
    if is_green():
        known = sys.modules["eventlet"].patcher.original("socket")
    found = in_thread(known.getaddrinfo, host, None, 0, socket.SOCK_STREAM)
    return [str(where[0]) for *_, where in found]


def connected(address: str, port: int, timeout_s: float) -> socket.socket:
    """A line to this very address, which is no name. Raises: OSError."""
    line = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        line.settimeout(timeout_s)
        line.connect((address, port))
    except BaseException:
        line.close()
        raise
    return line


class Loop:
    """What everything green waits in. It may be told to call somebody, who may then neither wait nor raise."""

    def __init__(self) -> None:
        self._hub: Any = sys.modules["eventlet"].hubs.get_hub()
        self._greenlet: Any = sys.modules["greenlet"].greenlet

    def on_readable(self, fd: int, call: Callable[[int], object], lost: Callable[[], object]) -> Any:
        """Call whenever there is something to read, until the answer is given to `forget`.

        Args: lost: is called when the descriptor was closed behind our back.
        """
        return self._watch("read", fd, call, lost)

    def on_writable(self, fd: int, call: Callable[[int], object], lost: Callable[[], object]) -> Any:
        return self._watch("write", fd, call, lost)

    def _watch(self, what: str, fd: int, call: Callable[[int], object], lost: Callable[[], object]) -> Any:
        listener = self._hub.add(what, fd, call, lambda *_: lost(), None)
        # Else it would keep alive whoever happens to run now, and be told nothing once they are done.
        listener.greenlet = self._hub.greenlet
        return listener

    def opened(self, fd: int) -> None:
        """Whoever still waits for a connection that had this number before is told that it is gone."""
        self._hub.mark_as_reopened(fd)

    def forget(self, watched: Any) -> None:
        self._hub.remove(watched)

    def soon(self, call: Callable[[], object]) -> None:
        """Call in the next turn of the loop."""
        self._hub.schedule_call_global(0, call)

    def later(self, seconds: float, call: Callable[[], object]) -> Callable[[], None]:
        """Call after so long; returns what calls it off."""
        timer: Any = self._hub.schedule_call_global(seconds, call)
        return lambda: timer.cancel()

    def start(self, work: Callable[[], object]) -> None:
        """Do work that may wait, until it first waits; then this returns. Only who was called by the loop may call."""
        self._greenlet(work, self._hub.greenlet).switch()


def queue() -> Any:
    """What one waits at until another puts something in; who puts never waits."""
    from eventlet import queue as queues  # reached only where eventlet is in use

    return queues.LightQueue()


def made_green(line: socket.socket) -> Any:
    """The same connection, at which one waits in green."""
    from eventlet.greenio import GreenSocket  # reached only where eventlet is in use

    return GreenSocket(line)


def send_all(line: socket.socket, data: bytes) -> None:
    """Write to a connection that does not wait. Raises: OSError."""
    made_green(line).sendall(data)


def taken(line: Any) -> Any:
    """The socket below a green one, which is dead afterwards: nobody but the caller will close it."""
    below = line.fd
    own = type(below)(below.family, below.type, below.proto, fileno=below.detach())
    own.setblocking(False)
    return own


def answered() -> None:
    """Tell the web server that this request needs no answer of its."""
    from eventlet import wsgi  # reached only where eventlet is in use

    wsgi.WSGI_LOCAL.already_handled = True
