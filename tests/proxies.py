"""Real proxies for the length of a test, each with its file of docs/examples, in a folder that is thrown away."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests import nginx
from tests.network import free_port
from tests.nginx import EXAMPLES

CADDY = """\
{
	admin off
	auto_https off
	storage file_system FOLDER
}
import FOLDER/site
"""
"""What the package's own files and the public name see to."""


@contextmanager
def haproxy(changed: Mapping[str, str]) -> Iterator[str | None]:
    """The address of HAProxy with haproxy.cfg, or `None` where it is not installed; `changed` as for nginx."""
    with _running("haproxy.cfg", changed, "haproxy", lambda folder: ["-db", "-f", folder / "site"]) as url:
        yield url


@contextmanager
def caddy(changed: Mapping[str, str]) -> Iterator[str | None]:
    """The same of Caddy with Caddyfile."""

    def command(folder: Path) -> list[str | Path]:
        (folder / "main").write_text(CADDY.replace("FOLDER", str(folder)))
        return ["run", "--adapter", "caddyfile", "--config", folder / "main"]

    with _running("Caddyfile", changed, "caddy", command) as url:
        yield url


@contextmanager
def nginx_before(changed: Mapping[str, str]) -> Iterator[str | None]:
    """The same of nginx with nginx.conf."""
    with nginx.running("nginx.conf", changed) as running:
        yield None if running is None else running.url


@contextmanager
def _running(
    example: str, changed: Mapping[str, str], program: str, command: Callable[[Path], list[str | Path]]
) -> Iterator[str | None]:
    found = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        yield None
        return
    folder, port = Path(tempfile.mkdtemp(prefix=f"memorata-{program}-")), free_port()
    (folder / "site").write_text(filled(example, changed, port, folder))
    process = subprocess.Popen([found, *command(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        _wait(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def filled(example: str, changed: Mapping[str, str], port: int, folder: Path) -> str:
    """The example with what an operator would write in the lines marked (here)."""
    site = (EXAMPLES / example).read_text()
    for old, new in changed.items():
        assert old in site, f"{old!r} does not stand in {example}"
        site = site.replace(old, new.format(port=port, folder=folder))
    return site


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if process.poll() is not None:
                said = process.stderr.read().decode() if process.stderr else ""
                raise AssertionError(f"it does not start: {said}") from None
            time.sleep(0.05)
