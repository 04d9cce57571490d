"""A real nginx for the length of a test, with a file of docs/examples, in a folder that is thrown away."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

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
    include {folder}/site.conf;
}}
"""
"""What Debian's own nginx.conf says, as far as it matters here."""


class Nginx:
    """A running one; `pids` are its processes."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self._process = process
        self.url = f"http://127.0.0.1:{port}"
        self.port = port

    @property
    def pids(self) -> list[int]:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return [self._process.pid, *map(int, children)]


def program() -> str | None:
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def running(example: str, changed: Mapping[str, str]) -> Iterator[Nginx | None]:
    """nginx with that file, or `None` where it is not installed.

    Args: changed: what an operator would write in the lines marked (here); `{port}` and `{folder}` are filled in.
    """
    found = program()
    if found is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="memorata-nginx-"))
    folder.chmod(0o755)
    port = free_port()
    site = (EXAMPLES / example).read_text()
    for old, new in changed.items():
        assert site.count(old) == 1, f"{old!r} does not stand once in {example}"
        site = site.replace(old, new.format(port=port, folder=folder))
    (folder / "site.conf").write_text(site)
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder))
    process = subprocess.Popen([found, "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.PIPE)
    try:
        _wait(process, port)
        yield Nginx(process, port)
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if process.poll() is not None:
                said = process.stderr.read().decode() if process.stderr else ""
                raise AssertionError(f"nginx does not start: {said}") from None
