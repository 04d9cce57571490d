"""What a demonstration stands on: a schedule, a port, a folder; and that nothing of it outlives it."""

import errno
import os
import shutil
import signal
import socket
from pathlib import Path

from memorata.adapters.schedule_files import load_file
from memorata.adapters.schedules.faults import Faulty
from memorata.domain.anniversary import Series
from memorata.resources import schedules_dir

MARK = ".memorata-demo"


class CannotStart(Exception):
    """Said to the person who asked for a demonstration."""


def read_series(name: str) -> Series:
    path = Path(name)
    if not name.endswith(".toml"):
        path = Path(os.environ.get("MEMORATA_SCHEDULES_DIR") or schedules_dir()) / f"{name}.toml"
    if not path.is_file():
        raise CannotStart(f"there is no schedule {path}.")
    try:
        return load_file(path)
    except Faulty as fault:
        raise CannotStart(f"the schedule has faults:\n{fault}") from None


def free_port(host: str, wanted: int) -> int:
    """The port that was asked for, or the next one that nobody has."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in range(wanted, min(wanted + 100, 65_536)):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except PermissionError:
                continue
            except OSError as fault:
                if fault.errno == errno.EADDRNOTAVAIL:
                    raise CannotStart(f"{host} is no address of this machine.") from None
                continue
            return port
    raise CannotStart(f"no port from {wanted} on is free.")


def reachable_name(host: str) -> str:
    """The host as it stands in links: when it means every address, the one towards the network."""
    if host not in ("0.0.0.0", "::"):  # noqa: S104
        return f"[{host}]" if ":" in host else host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: connecting a datagram socket only chooses the address it would be sent from.
            probe.connect(("192.0.2.1", 9))
            found: str = probe.getsockname()[0]
        except OSError:
            return "127.0.0.1"
    return found


def make_folder(folder: Path, *, keep: bool) -> None:
    """A fresh folder; one that is not a demonstration's is left alone."""
    if folder.exists() and not keep:
        if any(folder.iterdir()) and not (folder / MARK).exists():
            raise CannotStart(f"{folder} holds something else than a demonstration; --data-dir names another folder.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text("Removed when the next demonstration begins.\n")
    (folder / ".gitignore").write_text("*\n")


def tail(path: Path, lines: int = 12) -> str:
    text = path.read_text(errors="replace") if path.exists() else ""
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])


def end_with_parent() -> None:
    """When this process is killed outright, the server ends too (Linux: PR_SET_PDEATHSIG)."""
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
