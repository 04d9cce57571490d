"""Which files of the built client a page names."""

import json
from pathlib import Path

from memorata.adapters.http.client import Bundle, bundle

MANIFEST = {
    "src/main.ts": {"file": "assets/main-1.js", "isEntry": True, "imports": ["_shared.js"], "css": ["assets/main.css"],
                    "dynamicImports": ["src/view/participant.tsx"]},
    "_shared.js": {"file": "assets/shared-2.js"},
    "src/view/participant.tsx": {"file": "assets/participant-3.js", "imports": ["_shared.js"], "css": ["assets/p.css"]},
    "src/view/host/console.tsx": {"file": "assets/console-4.js", "imports": ["_shared.js", "src/main.ts"]},
    "src/text/ru.po": {"file": "assets/ru-5.js"},
    "src/text/ru.po?first": {"file": "assets/ru-6.js"},
    "src/text/ru.po?further": {"file": "assets/ru-10.js"},
    "src/view/behind.ts": {"file": "assets/behind-7.js", "imports": ["_shared.js", "_audience.js"]},
    "_audience.js": {"file": "assets/audience-8.js", "imports": ["_shared.js"]},
    "src/view/further.ts": {"file": "assets/further-9.js", "imports": ["_audience.js"],
                            "dynamicImports": ["src/player.ts"]},
    "src/player.ts": {"file": "assets/player-11.js", "imports": ["_shared.js"], "css": ["assets/player.css"],
                      "dynamicImports": ["src/players/embed.ts", "node_modules/hls.js/dist/hls.mjs"]},
    "src/players/embed.ts": {"file": "assets/embed-12.js"},
    "node_modules/hls.js/dist/hls.mjs": {"file": "assets/hls-13.js"},
}  # fmt: skip

LATER = (
    ("behind", "/assets/behind-7.js"),
    ("behind", "/assets/audience-8.js"),
    ("further", "/assets/further-9.js"),
    ("further", "/assets/ru-10.js"),
    ("further", "/assets/audience-8.js"),
    ("rest", "/assets/player-11.js"),
    ("rest", "/assets/player.css"),
    ("rest", "/assets/embed-12.js"),
)


def built(folder: Path, manifest: object) -> Path:
    (folder / ".vite").mkdir(exist_ok=True)
    (folder / ".vite/manifest.json").write_text(json.dumps(manifest))
    return folder


def test_a_page_loads_the_entry_and_fetches_its_own_parts_early(tmp_path: Path) -> None:
    web = built(tmp_path, MANIFEST)
    assert bundle(web, "participant", "ru") == Bundle(
        "/assets/main-1.js",
        ("/assets/main.css", "/assets/p.css"),
        ("/assets/participant-3.js", "/assets/ru-6.js", "/assets/shared-2.js"),
        LATER,
    )
    assert bundle(web, "host", "en").chunks == ("/assets/console-4.js", "/assets/shared-2.js")
    host = bundle(web, "host", "ru")
    assert host.chunks == ("/assets/console-4.js", "/assets/ru-5.js", "/assets/shared-2.js")
    assert host.later == tuple(one for one in LATER if one[1] != "/assets/ru-10.js")


def test_a_client_that_has_not_been_built_is_no_fault(tmp_path: Path) -> None:
    assert bundle(tmp_path, "participant", "en") == Bundle()
    assert bundle(built(tmp_path, {}), "participant", "en") == Bundle()
