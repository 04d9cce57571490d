"""Which files of the built client a page needs, as Vite's manifest tells."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

ENTRY = "src/main.ts"
VIEWS = {
    "participant": "src/view/participant",
    "hall": "src/view/hall",
    "watch": "src/view/watch",
    "host": "src/view/host/console",
}


@dataclass(frozen=True, slots=True)
class Bundle:
    """Paths under /assets; `entry` is empty when the client has not been built. `chunks` are worth fetching early."""

    entry: str = ""
    styles: tuple[str, ...] = ()
    chunks: tuple[str, ...] = ()


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
    if ENTRY not in files:
        return Bundle()
    wanted = [ENTRY]
    # What main.ts imports only once it knows the page is known here already.
    for stem in (VIEWS.get(view, ""), f"src/text/{language}"):
        wanted += [name for name in files if stem and name.rpartition(".")[0] == stem]
    loaded: dict[str, None] = {}
    while wanted:
        name = wanted.pop(0)
        if name not in loaded and name in files:
            loaded[name] = None
            wanted += files[name].get("imports", [])
    styles = dict.fromkeys(f"/{style}" for name in loaded for style in files[name].get("css", []))
    chunks = dict.fromkeys(f"/{files[name]['file']}" for name in loaded if name != ENTRY)
    return Bundle(f"/{files[ENTRY]['file']}", tuple(styles), tuple(chunks))
