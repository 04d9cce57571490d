"""Checks the documentation: every link between files leads to a file, and every anchor to a heading.

Run by `make docs`. Addresses on the net are not visited: a check that needs the net fails for reasons of others.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
SKIPPED = {"node_modules", ".venv", ".git", "web", ".pytest_cache"}
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`", flags=re.M | re.S)
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*(\S+)|(?:src|href)=\"([^\"]+)\"", flags=re.M)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", flags=re.M)
NAMED = re.compile(r"(?:id|name)=\"([^\"]+)\"")


def pages(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*.md")):
        if not SKIPPED & set(path.relative_to(root).parts):
            yield path


def anchors(text: str) -> set[str]:
    """The anchors of a page as forges make them: lower case, punctuation gone, spaces as hyphens, repeats numbered."""
    found: set[str] = set(NAMED.findall(text))
    counts: dict[str, int] = {}
    fenced = re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.M | re.S)
    for heading in HEADING.findall(fenced):
        words = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        seen = counts.get(slug, 0)
        counts[slug] = seen + 1
        found.add(f"{slug}-{seen}" if seen else slug)
    return found


def faults(root: Path) -> Iterator[str]:
    for page in pages(root):
        text = page.read_text(encoding="utf-8")
        for match in LINK.finditer(CODE.sub("", text)):
            target = next(group for group in match.groups() if group)
            if re.match(r"[a-z][a-z0-9+.-]*:", target) or target.startswith("//"):
                continue
            path, _, anchor = unquote(target).partition("#")
            found = page.parent / path if path else page
            name = page.relative_to(root)
            if not found.exists():
                yield f"{name}: {target} leads nowhere"
            elif anchor and found.suffix == ".md" and anchor not in anchors(found.read_text(encoding="utf-8")):
                yield f"{name}: {target} names no heading"


if __name__ == "__main__":
    found = list(faults(ROOT))
    print("\n".join(found) or f"{sum(1 for _ in pages(ROOT))} pages, every link leads somewhere")
    sys.exit(1 if found else 0)
