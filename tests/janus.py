"""A real Janus for the length of a test, in a folder that is thrown away, with ports and secrets of its own."""

import json
import random
import secrets
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.network import free_port, own_address

PLUGINS = {"libjanus_videoroom.so", "libjanus_streaming.so"}
TRANSPORTS = {"libjanus_http.so", "libjanus_websockets.so"}


class Janus:
    """The media server. `url` is where its API listens for WebSockets; `recordings` is where it may write."""

    def __init__(self, program: str, folder: Path) -> None:
        self.secret, self.admin_key = secrets.token_hex(16), secrets.token_hex(16)
        self.recordings = folder / "recordings"
        self.recordings.mkdir(parents=True, exist_ok=True)
        self.log = folder / "janus.log"
        # Janus offers none of the loopback.
        self.address = own_address()
        self._http, self._admin, port = (free_port() for _ in range(3))
        self.url = f"ws://127.0.0.1:{port}"
        self._config = folder / "janus.jcfg"
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._write(folder, port)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, "-C", str(self._config), "-F", str(self._config.parent)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        end = time.monotonic() + 15
        while True:
            try:
                self.info()
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > end:
                    raise AssertionError(self.log.read_text(errors="replace")[-4000:]) from None
                time.sleep(0.02)

    def kill(self) -> None:
        """As a crash does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def restart(self) -> None:
        """Start it again where it listened before; one that runs is killed."""
        self.kill()
        self.start()

    def stop(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self.kill()

    def info(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self._http}/janus/info", timeout=2) as answer:
            told: dict[str, Any] = json.load(answer)
            return told

    def admin(self, request: str, **more: object) -> dict[str, Any]:
        """Ask its admin API, as for `list_sessions`."""
        body = {"janus": request, "transaction": "t", "admin_secret": self.secret, **more}
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self._admin}/admin", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(asked, timeout=2) as answer:
            told: dict[str, Any] = json.load(answer)
            return told

    def _write(self, folder: Path, port: int) -> None:
        parts = installed()
        # Instances of tests that run side by side look for ports in places of their own.
        first = random.randrange(20_000, 30_000, 400)
        others = ",".join(sorted(one.name for one in (parts / "plugins").glob("*.so") if one.name not in PLUGINS))
        ways = ",".join(sorted(one.name for one in (parts / "transports").glob("*.so") if one.name not in TRANSPORTS))
        files = {
            "janus.jcfg": f"""
general: {{
  configs_folder = "{folder}"
  plugins_folder = "{parts}/plugins"
  transports_folder = "{parts}/transports"
  events_folder = "{parts}/events"
  loggers_folder = "{parts}/loggers"
  debug_colors = false
  debug_timestamps = true
  api_secret = "{self.secret}"
  admin_secret = "{self.secret}"
  session_timeout = 30
  reclaim_session_timeout = 10
  recordings_tmp_ext = "tmp"
  event_loops = 2
  hide_dependencies = true
  protected_folders = [
    "/bin", "/boot", "/dev", "/etc", "/initrd", "/lib", "/lib32", "/lib64", "/proc", "/sbin", "/sys", "/usr"
  ]
}}
media: {{ rtp_port_range = "{first}-{first + 399}" }}
nat: {{
  full_trickle = true
  ignore_mdns = true
  ice_enforce_list = "{self.address}"
}}
plugins: {{ disable = "{others}" }}
transports: {{ disable = "{ways}" }}
events: {{ broadcast = false }}
""",
            "janus.transport.http.jcfg": f"""
general: {{
  json = "compact", base_path = "/janus", http = true, port = {self._http}, ip = "127.0.0.1", https = false
}}
admin: {{
  admin_base_path = "/admin", admin_http = true, admin_port = {self._admin}, admin_ip = "127.0.0.1", admin_https = false
}}
""",
            "janus.transport.websockets.jcfg": f"""
general: {{ json = "compact", ws = true, ws_port = {port}, ws_ip = "127.0.0.1", wss = false }}
admin: {{ admin_ws = false }}
""",
            "janus.plugin.videoroom.jcfg": f"""
general: {{ admin_key = "{self.admin_key}", lock_rtp_forward = true, string_ids = true }}
""",
            "janus.plugin.streaming.jcfg": f'general: {{ admin_key = "{self.admin_key}" }}\n',
        }
        for name, text in files.items():
            (folder / name).write_text(text)


@contextmanager
def running(folder: Path) -> Iterator[Janus]:
    """A Janus that answers; where it is not installed (Debian: apt install janus), the test is skipped."""
    program = shutil.which("janus")
    if program is None:
        pytest.skip("Janus is not installed")
    janus = Janus(program, folder)
    try:
        janus.start()
        yield janus
    finally:
        janus.stop()


def installed() -> Path:
    """The folder of its plugins and transports, which has the name of the machine's architecture in it."""
    return next(iter(sorted(Path("/usr/lib").glob("*/janus"))), Path("/usr/lib/janus"))
