"""What is built: only when its sources changed, from locked packages only, and told plainly when it cannot be."""

import json
import re
from pathlib import Path

import pytest

import hatch_build
from memorata.adapters.http.client import LATER, REST, bundle

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A client whose npm writes down what it is asked, and builds a manifest."""
    client = tmp_path / "client"
    for name in ("package.json", "package-lock.json", "vite.config.ts", "build/po.ts", "src/main.ts"):
        (client / name).parent.mkdir(parents=True, exist_ok=True)
        (client / name).write_text("{}")
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "node").write_text("#!/bin/sh\n")
    (tools / "npm").write_text(
        "#!/bin/sh\n"
        'echo "$@" >> ../asked\n'
        "mkdir -p node_modules ../server/memorata/web/.vite\n"
        '[ "$1" = ci ] || echo "{}" > ../server/memorata/web/.vite/manifest.json\n'
    )
    for tool in tools.iterdir():
        tool.chmod(0o755)
    monkeypatch.setenv("MEMORATA_NODE", str(tools / "node"))
    return tmp_path


def asked(project: Path) -> list[str]:
    return (project / "asked").read_text().splitlines()


def test_the_client_is_built_once_for_the_same_sources(project: Path) -> None:
    hatch_build.renew(project)
    hatch_build.renew(project)
    assert asked(project) == ["ci", "run build"]


def test_a_changed_source_is_built_without_fetching_packages_again(project: Path) -> None:
    hatch_build.renew(project)
    (project / "client/src/silence.ts").write_text("export {}")
    hatch_build.renew(project)
    (project / "client/src/silence.ts").unlink()
    hatch_build.renew(project)
    assert asked(project) == ["ci", "run build", "run build", "run build"]


def test_a_changed_lock_is_fetched(project: Path) -> None:
    hatch_build.renew(project)
    (project / "client/package-lock.json").write_text('{"packages": {}}')
    hatch_build.renew(project)
    assert asked(project) == ["ci", "run build", "ci", "run build"]


def test_a_built_client_without_sources_needs_no_node(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hatch_build.renew(project)
    (project / "client").rename(project / "elsewhere")
    monkeypatch.setenv("MEMORATA_NODE", "/nowhere/node")
    hatch_build.renew(project)
    assert asked(project) == ["ci", "run build"]


def test_a_failing_npm_is_quoted_in_one_clear_text(project: Path) -> None:
    npm = project / "tools/npm"
    npm.write_text("#!/bin/sh\nseq 100\necho 'the registry is away' >&2\nexit 7\n")
    with pytest.raises(hatch_build.BuildFailed) as failure:
        hatch_build.renew(project)
    told = str(failure.value).splitlines()
    assert told[0] == f"The client was not built: `npm ci` in {project / 'client'} ended with code 7. It said:"
    assert told[1] == f"  {100 - hatch_build.TAIL + 2}"
    assert told[hatch_build.TAIL] == "  the registry is away"
    # What is half done does not pass for done.
    assert not hatch_build.Client(project).is_current()


def test_a_node_that_is_not_there_is_named(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEMORATA_NODE", "/nowhere/node")
    with pytest.raises(hatch_build.BuildFailed, match="MEMORATA_NODE names /nowhere/node, which is no program here"):
        hatch_build.renew(project)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_page_of_a_participant_weighs_at_most_60_kb(language: str) -> None:
    """JavaScript as it is handed out, with all that is fetched up to the first picture; media come later."""
    web = ROOT / "server/memorata/web"
    needed = bundle(web, "participant", language)
    first = {needed.entry, *needed.chunks, *(chunk for part, chunk in needed.later if part == "behind")}
    assert {chunk.rpartition("/")[2].partition("-")[0] for chunk in first} >= {"main", "participant", "inside"}
    assert any("/ru-" in chunk for chunk in first) == (language == "ru")
    contents = {chunk: (web / chunk.removeprefix("/")) for chunk in sorted(first)}
    weights = {
        coding: {chunk: weighed(path, end) for chunk, path in contents.items()}
        for coding, end in (("brotli", ".br"), ("gzip", ".gz"))
    }
    assert sum(weights["brotli"].values()) <= 60_000, weights["brotli"]
    # For whom the line is not encrypted, browsers take no brotli.
    assert sum(weights["gzip"].values()) <= 66_000, weights["gzip"]


def weighed(path: Path, end: str) -> int:
    """What goes over the line; the smallest files are not compressed."""
    compressed = path.with_name(path.name + end)
    return (compressed if compressed.is_file() else path).stat().st_size


def test_each_part_that_a_page_fetches_later_is_named_in_its_head() -> None:
    manifest = json.loads((ROOT / "server/memorata/web/.vite/manifest.json").read_text())
    assert set(LATER.values()) <= set(manifest)
    said = (ROOT / "client/src/view/later.tsx").read_text()
    assert set(re.findall(r"part\('(\w+)'", said)) == {*LATER, REST}
    assert {f"src/view/{file}.ts" for file in re.findall(r"import\('\./(\w+)'\)", said)} == set(LATER.values())
