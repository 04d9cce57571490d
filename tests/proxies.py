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

from tests.network import free_port

EXAMPLES = Path(__file__).resolve().parents[1] / "docs/examples"


MAIN = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site;
}}
"""
"""What Debian's own nginx.conf says, as far as it matters here."""


CADDY = """\
{
	admin off
	auto_https off
	storage file_system FOLDER
}
import FOLDER/site
"""
"""What the package's own files and the public name see to."""


class Running:
    """A proxy; `pids` are its processes."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self._process = process
        self.url = f"http://127.0.0.1:{port}"
        self.port = port

    @property
    def pids(self) -> list[int]:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return [self._process.pid, *map(int, children)]


@contextmanager
def haproxy(changed: Mapping[str, str]) -> Iterator[Running | None]:
    """HAProxy with haproxy.cfg, or `None` where it is not installed.

    Args: changed: what an operator would write in the lines marked (here); `{port}` and `{folder}` are filled in.
    """
    with _running("haproxy.cfg", changed, "haproxy", lambda folder: ["-db", "-f", folder / "site"]) as running:
        yield running


@contextmanager
def caddy(changed: Mapping[str, str]) -> Iterator[Running | None]:
    """The same of Caddy with Caddyfile."""

    def command(folder: Path) -> list[str | Path]:
        (folder / "main").write_text(CADDY.replace("FOLDER", str(folder)))
        return ["run", "--adapter", "caddyfile", "--config", folder / "main"]

    with _running("Caddyfile", changed, "caddy", command) as running:
        yield running


@contextmanager
def nginx(changed: Mapping[str, str], example: str = "nginx.conf") -> Iterator[Running | None]:
    """The same of nginx."""

    def command(folder: Path) -> list[str | Path]:
        folder.chmod(0o755)
        (folder / "main").write_text(MAIN.format(folder=folder))
        return ["-p", folder, "-c", folder / "main"]

    with _running(example, changed, "nginx", command) as running:
        yield running


@contextmanager
def _running(
    example: str, changed: Mapping[str, str], program: str, command: Callable[[Path], list[str | Path]]
) -> Iterator[Running | None]:
    found = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        yield None
        return
    folder, port = Path(tempfile.mkdtemp(prefix=f"memorata-{program}-")), free_port()
    (folder / "site").write_text(filled(example, changed, port, folder))
    process = subprocess.Popen([found, *command(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        _wait(process, port)
        yield Running(process, port)
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
