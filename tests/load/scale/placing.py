"""Where processes run that are measured: on a core of their own, and before all others where the system allows it."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

WORK = """
import hashlib, time
began, word = time.perf_counter(), b"memorata"
for _ in range(40_000):
    word = hashlib.sha256(word).digest()
print((time.perf_counter() - began) * 1000)
"""

FIRST_OF_ALL = -20


def launch(command: list[str], core: int | None, **how: Any) -> subprocess.Popen[str]:
    """Start a program on a core, `None` for any.

    It goes before others by its niceness alone: in real time the threads of one server would wait for each other as
    they never do elsewhere. Where Linux weighs sessions and not processes, it is a session of its own that is weighed.
    """
    pinned = [] if core is None else ["taskset", "--cpu-list", str(core)]
    process = subprocess.Popen([*pinned, *command], text=True, start_new_session=True, **how)
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, process.pid, FIRST_OF_ALL)
        Path(f"/proc/{process.pid}/autogroup").write_text(f"{FIRST_OF_ALL}")
    return process


def goes_first() -> bool:
    """Whether that is allowed here."""
    with launch([sys.executable, "-I", "-S", "-c", "input()"], None, stdin=subprocess.PIPE) as process:
        allowed = os.getpriority(os.PRIO_PROCESS, process.pid) == FIRST_OF_ALL
        process.communicate("\n")
        return allowed


def disturbance_ms(core: int | None) -> float:
    """How long the same work takes just now on a core, ms; on a quiet machine always the same."""
    with launch([sys.executable, "-I", "-S", "-c", WORK], core, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        return float(process.stdout.read())


def disk_ms(folder: Path, times: int = 50) -> float:
    """How long it takes until a few bytes are safe on the disk, ms: the median. Each event of ours waits for that."""
    took = []
    with (folder / "disk").open("wb", buffering=0) as file:
        for _ in range(times):
            file.write(bytes(4096))
            began = time.perf_counter()
            os.fsync(file.fileno())
            took.append((time.perf_counter() - began) * 1000)
            time.sleep(0.01)
    return median(took)


def cpu_s(pid: int) -> float:
    """Seconds of CPU of all threads of a process, to the microsecond; 0 where the system does not tell."""
    try:
        # The clock of another process, as clock_getcpuclockid(3) makes its number.
        return time.clock_gettime(~pid << 3 | 2)
    except OSError:
        return 0.0


def queued_s(pid: int) -> float:
    """For how many seconds the first thread of a process could have run, and neither it nor one of its others did."""
    try:
        ran, waited, _ = Path(f"/proc/{pid}/schedstat").read_text().split()
    except (OSError, ValueError):
        return 0.0
    others_s = cpu_s(pid) - int(ran) / 1e9
    return int(waited) / 1e9 - others_s


def memory_kb(pid: int) -> float:
    """What a process holds in memory."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return float(line.split()[1])
    return 0.0
