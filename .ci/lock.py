"""Writes the three locks of Python packages, with hashes and without any address, from pyproject.toml.

server/requirements.txt        what runs
server/build-requirements.txt  what builds the package
tests/requirements.txt         both, and what tests them

Run by `make lock`, inside an environment that holds pip-tools. What is locked stays; `--upgrade` renews it.
"""

import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HEADER = "# Written by `make lock` from pyproject.toml; do not edit. Every file is bound by its hash.\n"


def group(project: dict[str, Any], name: str) -> list[str]:
    """The requirements of one dependency group, with the groups that it includes."""
    found: list[str] = []
    for entry in project["dependency-groups"][name]:
        found += group(project, entry["include-group"]) if isinstance(entry, dict) else [entry]
    return found


def lock(target: Path, requirements: list[str], constraint: Path | None, upgrade: bool) -> None:
    # Private links and indexes of this machine must not decide which files are right.
    environment = {k: v for k, v in os.environ.items() if k not in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL")}
    environment["PIP_CONFIG_FILE"] = os.devnull
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder, "wanted.in")
        wanted.write_text("\n".join(requirements) + "\n")
        # pip-compile keeps what its output file already names, so that a lock changes only where it must.
        output = Path(folder, "locked.txt")
        if target.exists():
            output.write_text(target.read_text())
        command = [
            *(sys.executable, "-m", "piptools", "compile", "--quiet", "--generate-hashes", "--allow-unsafe"),
            *("--strip-extras", "--no-header", "--no-annotate"),
            *("--no-emit-index-url", "--no-emit-trusted-host", "--no-emit-find-links", "--no-emit-options"),
            *(["--upgrade"] if upgrade else []),
            *(["--constraint", str(constraint)] if constraint else []),
            *("--output-file", str(output), str(wanted)),
        ]
        subprocess.run(command, check=True, env=environment, cwd=folder)
        text = output.read_text()
    if "://" in text:
        sys.exit(f"{target}: an address is in the lock; it must hold names, versions and hashes only")
    target.write_text(HEADER + text)
    print(f"{target.relative_to(ROOT)}: {text.count('==')} packages")


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    upgrade = "--upgrade" in sys.argv[1:]
    runtime = project["project"]["dependencies"] + project["project"]["optional-dependencies"]["scale"]
    runs, builds = ROOT / "server/requirements.txt", ROOT / "server/build-requirements.txt"
    lock(runs, runtime, None, upgrade)
    lock(builds, group(project, "build"), runs, upgrade)
    lock(ROOT / "tests/requirements.txt", runtime + group(project, "dev"), runs, upgrade)


if __name__ == "__main__":
    main()
