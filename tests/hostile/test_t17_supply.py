"""T17, a package that is not what it was: all that is fetched is bound by a hash, and nothing else is installed."""

import json
import re
import subprocess
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("server/requirements.txt", "server/build-requirements.txt", "tests/requirements.txt")
CLIENTS = ("client", "tests/load/clock", "tests/load/scale")

BESIDE = {"pip", "setuptools", "wheel", "memorata"}
"""What an environment holds that no lock names: what makes it, and ourselves."""


def entries(name: str) -> list[str]:
    """The lines of a lock, each with its hashes."""
    return re.sub(r"\\\n\s*|^#.*\n", "", (ROOT / name).read_text(), flags=re.M).splitlines()


def locked(name: str) -> dict[str, str]:
    """Name to version of what a lock wants on this machine."""
    wanted = [Requirement(entry.partition(" --hash")[0]) for entry in entries(name)]
    return {
        canonicalize_name(each.name): str(each.specifier).removeprefix("==")
        for each in wanted
        if each.marker is None or each.marker.evaluate()
    }


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_is_bound_by_a_hash_and_by_no_address(name: str) -> None:
    bound = re.compile(r"[\w.-]+==[^\s;]+( ;[^\\]+)? ?(--hash=sha256:[0-9a-f]{64} ?)+")
    assert len(entries(name)) > 5
    assert [entry for entry in entries(name) if not bound.fullmatch(entry)] == []
    assert re.findall(r"https?:|--\w*index\S*|--find-links|--trusted-host", (ROOT / name).read_text()) == []


def test_the_locks_satisfy_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]

    def plain(entries: list[str | dict[str, str]]) -> list[str]:
        return [entry for entry in entries if isinstance(entry, str)]

    wanted = {
        "server/requirements.txt": project["project"]["dependencies"]
        + project["project"]["optional-dependencies"]["scale"],
        "server/build-requirements.txt": plain(groups["build"]),
        "tests/requirements.txt": project["project"]["dependencies"] + plain(groups["build"]) + plain(groups["dev"]),
    }
    for name, requirements in wanted.items():
        locked = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / name).read_text(), flags=re.M))
        for requirement in map(Requirement, requirements):
            version = locked.get(canonicalize_name(requirement.name))
            assert version is not None, f"{name} lacks {requirement}: run make lock"
            assert requirement.specifier.contains(version), f"{name} has {version}, not {requirement}: run make lock"


def test_server_and_tests_agree_on_every_version() -> None:
    locked = [dict(re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / name).read_text(), flags=re.M)) for name in LOCKS]
    tests = locked[-1]
    assert [{name: tests.get(name) for name in lock} for lock in locked] == locked


@pytest.mark.parametrize("folder", CLIENTS)
def test_the_packages_of_the_client_are_exact_and_name_no_registry(folder: str) -> None:
    package = json.loads((ROOT / folder / "package.json").read_text())
    lock = json.loads((ROOT / folder / "package-lock.json").read_text())
    exact = {**package.get("dependencies", {}), **package.get("devDependencies", {})}
    assert exact
    assert [name for name, version in exact.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    entries = {name: entry for name, entry in lock["packages"].items() if name}
    assert [name for name, entry in entries.items() if "resolved" in entry] == []
    assert [name for name, entry in entries.items() if not entry["integrity"].startswith("sha512-")] == []
    assert {name: entries[f"node_modules/{name}"]["version"] for name in exact} == exact


def test_what_is_installed_is_what_is_locked() -> None:
    installed = {canonicalize_name(each.metadata["Name"]): each.version for each in distributions()}
    found = {name: version for name, version in installed.items() if name not in BESIDE}
    assert found == locked("tests/requirements.txt"), "make clean, then make setup"


def test_the_modules_of_the_client_are_what_is_locked() -> None:
    lock = json.loads((ROOT / "client/package-lock.json").read_text())["packages"]
    installed = json.loads((ROOT / "client/node_modules/.package-lock.json").read_text())["packages"]
    assert len(installed) > 20
    # What is for other systems is locked and not installed.
    assert {name for name, entry in lock.items() if name and not entry.get("optional")} <= set(installed)
    assert [name for name, entry in installed.items() if entry["integrity"] != lock[name]["integrity"]] == []


@pytest.mark.parametrize("folder", CLIENTS)
def test_npm_writes_no_address_into_the_lock_and_takes_exact_versions(folder: str) -> None:
    lines = set((ROOT / folder / ".npmrc").read_text().splitlines())
    assert {"omit-lockfile-registry-resolved=true", "engine-strict=true", "save-exact=true"} <= lines
    # Nor does a file of ours say where packages come from: that is the business of the machine.
    assert [line for line in lines if re.search(r"://|registry\s*=|_auth|token", line, flags=re.I)] == []


def test_no_package_of_the_client_runs_a_script_when_it_is_fetched() -> None:
    assert "ignore-scripts=true" in (ROOT / "client/.npmrc").read_text().splitlines()
    lock = json.loads((ROOT / "client/package-lock.json").read_text())["packages"]
    assert [name for name, entry in lock.items() if entry.get("hasInstallScript")] == []


def test_git_holds_no_package_and_nothing_built() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    built = re.compile(
        r"(^|/)(node_modules|dist|\.venv)/|\.(whl|tgz|tar\.gz|so|node|exe|dll|wasm|mo)$|^server/memorata/web/"
    )
    assert [path for path in tracked if built.search(path)] == []
