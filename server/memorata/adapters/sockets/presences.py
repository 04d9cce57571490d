"""The totals as they travel: whole to whoever arrives, then what has changed since the version before.

Field by field, whatever fields there are: of the tables only the entries that changed, with nothing (0, or an empty
table) for those that are gone. Applied to the version that it names, a change makes of it exactly the next; whoever has
another version asks for the whole. client/src/presence.ts holds the twin, tests/vectors/presence binds the two.
"""

from typing import Any

import msgspec

from memorata.adapters.sockets.wire import PRESENCE_TABLES, Presence, PresenceChange


def change(before: Presence, after: Presence) -> Any:
    """What makes `after` of `before`, as a PresenceChange; `None` where they differ in nothing but their version."""
    found: dict[str, Any] = {}
    for name in Presence.__struct_fields__:
        old, new = getattr(before, name), getattr(after, name)
        if name == "version" or old == new:
            continue
        found[name] = _entries(old, new) if name in PRESENCE_TABLES else new
    return PresenceChange(base=before.version, version=after.version, **found) if found else None


def applied(before: Presence, changed: Any) -> Presence | None:
    """The totals after a change; `None` where it is not a change of these, and the whole has to be asked for."""
    if changed.base != before.version:
        return None
    values = {name: getattr(changed, name) for name in Presence.__struct_fields__}
    for name in PRESENCE_TABLES:
        if values[name] is not msgspec.UNSET:
            merged = {**getattr(before, name), **values[name]}
            values[name] = {key: value for key, value in sorted(merged.items()) if value}
    fresh = {name: value for name, value in values.items() if value is not msgspec.UNSET}
    return msgspec.structs.replace(before, **fresh)


def _entries(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    gone: dict[str, Any] = {key: {} if isinstance(value, dict) else 0 for key, value in old.items() if key not in new}
    return {**{key: value for key, value in new.items() if old.get(key) != value}, **gone}
