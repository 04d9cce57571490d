"""Which files of the built client a page needs, as Vite's manifest tells."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

ENTRY = "src/main.ts"
PAGES = {"planning": "src/planning/main.tsx"}
"""Views that are pages of their own, with all of their parts."""
VIEWS = {
    "participant": "src/view/participant",
    "hall": "src/view/hall",
    "watch": "src/view/watch",
    "host": "src/view/host/console",
}
LATER = {"behind": "src/view/behind.ts", "further": "src/view/further.ts"}
"""The parts that a page fetches once it is drawn, as client/src/view/later.tsx names them."""
REST = "rest"
"""What those may import one day: kept at hand by a page that may still be open when the scripts are replaced."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Paths under /assets; `entry` is empty when the client has not been built.

    `chunks` are worth fetching early; `later` are those of each part that comes after them, with the part's name.
    """

    entry: str = ""
    styles: tuple[str, ...] = ()
    chunks: tuple[str, ...] = ()
    later: tuple[tuple[str, str], ...] = ()


def bundle(web: Path, view: str, language: str) -> Bundle:
    """What a page with this view in this language loads."""
    manifest = web / ".vite/manifest.json"
    try:
        changed = manifest.stat().st_mtime_ns
    except FileNotFoundError:
        return Bundle()
    return _bundle(manifest, changed, view, language)


@lru_cache(maxsize=256)
def _bundle(manifest: Path, changed: int, view: str, language: str) -> Bundle:
    files: dict[str, dict[str, Any]] = json.loads(manifest.read_text(encoding="utf-8"))
    entry = PAGES.get(view, ENTRY)
    if entry not in files:
        return Bundle()
    # What main.ts imports only once it knows the page is known here already.
    catalogue = f"src/text/{language}.po"
    whole = view == "host" or view in PAGES
    drawn = [name for name in files if name.rpartition(".")[0] == VIEWS.get(view)]
    loaded = _with_imports(files, [entry, *drawn, catalogue if whole else f"{catalogue}?first"])
    styles = dict.fromkeys(f"/{style}" for name in loaded for style in files[name].get("css", []))
    chunks = dict.fromkeys(f"/{files[name]['file']}" for name in loaded if name != entry)
    if view in PAGES:
        return Bundle(f"/{files[entry]['file']}", tuple(styles), tuple(chunks))
    parts = {
        part: _with_imports(files, [root] if whole else [root, f"{catalogue}?{part}"]) for part, root in LATER.items()
    }
    known = {**loaded, **{name: None for part in parts.values() for name in part}}
    parts[REST] = {name: None for name in _with_calls(files, list(known)) if name not in known}
    later = [
        (part, f"/{file}")
        for part, names in parts.items()
        for name in names
        if name not in loaded
        for file in (files[name]["file"], *(files[name].get("css", []) if part == REST else ()))
    ]
    return Bundle(f"/{files[entry]['file']}", tuple(styles), tuple(chunks), tuple(later))


def _with_imports(files: dict[str, dict[str, Any]], roots: list[str]) -> dict[str, None]:
    """These entries of the manifest and all that they import at once, in that order."""
    wanted = list(roots)
    reached: dict[str, None] = {}
    while wanted:
        name = wanted.pop(0)
        if name not in reached and name in files:
            reached[name] = None
            wanted += files[name].get("imports", [])
    return reached


def _with_calls(files: dict[str, dict[str, Any]], known: list[str]) -> dict[str, None]:
    """All that these entries may ever import, but for other pages, other languages and whole libraries."""
    reached: dict[str, None] = {}
    wanted = list(known)
    while wanted:
        name = wanted.pop(0)
        if name not in reached and name in files:
            reached[name] = None
            called = [] if name == ENTRY else files[name].get("dynamicImports", [])
            wanted += files[name].get("imports", []) + [one for one in called if not one.startswith("node_modules/")]
    return reached
