"""The tables: for the terminal and, between two marks, for docs/performance.md."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.load.tables import number, renew, table

BEGIN, END = "<!-- clock: begin -->", "<!-- clock: end -->"

Row = dict[str, Any]


def _columns(profile: Row) -> list[tuple[str, Callable[[Row], str]]]:
    columns: list[tuple[str, Callable[[Row], str]]] = [
        ("median", lambda row: number(row["median_ms"])),
        ("p95", lambda row: number(row["p95_ms"])),
        ("max", lambda row: number(row["max_ms"])),
        ("bias", lambda row: number(row["bias_ms"])),
        ("spread", lambda row: number(row["spread_ms"])),
    ]
    if profile["seconds"] > 130:
        columns.append(("p95 after 120 s", lambda row: number(row.get("late_p95_ms"))))
    if profile["event"] == "busy":
        columns.append(("p95 while busy", lambda row: number(row["busy"]["p95_ms"])))
    elif profile["event"]:
        columns.append((f"s after the {profile['event']}", lambda row: _reached(row["after"], "back_s", "back_of")))
    else:
        columns.append(("5 ms: first, s", lambda row: number(row["first_s"])))
        columns.append(("for good, s", lambda row: _reached(row, "good_s", "good_of")))
    columns.append(("messages", lambda row: number(row["messages"]).removesuffix(".0")))
    return columns


def _reached(row: Row, seconds: str, of: str) -> str:
    return f"{number(row[seconds])} ({row[of]})"


def profile_table(profile: Row) -> str:
    columns = _columns(profile)
    rows = [[name, *(show(row) for _, show in columns)] for name, row in profile["candidates"].items()]
    return table(["", *(head for head, _ in columns)], rows)


def notes(profile: Row) -> list[str]:
    """What belongs to a table: the proxy's own precision, how honest and how dear our estimate is."""
    late = profile["proxy"]["late_ms"]
    told = [
        f"The proxy was late by {late['p50']} ms (median), {late['p99']} (p99); "
        f"{profile['proxy']['stalls']} stalls. CPU: "
        + ", ".join(f"{name} {share:.0f} %" for name, share in profile["busy_percent"].items())
        + ("." if profile["in_haste"] else "; not before other processes of the machine.")
    ]
    for name, row in profile["candidates"].items():
        if "cost_ms" in row:
            bound = row["bound"]
            told.append(
                f"{name}: {row['cost_ms']['mean']:.3f} ms of CPU a sample (p95 {row['cost_ms']['p95']:.3f}); "
                f"the truth lay outside its own bound in {bound['broken']} of {bound['readings']} readings "
                f"(median bound {number(bound['median_ms'])} ms)."
            )
    return told


def goals_table(verdicts: Sequence[Row]) -> str:
    rows = [
        [
            verdict["what"],
            verdict["profile"],
            number(verdict["goal"]),
            number(verdict["reached"]),
            "met" if verdict["met"] else "**missed**",
            f"{number(verdict['best_reached'])} ({verdict['best']})" if "best" in verdict else "",
        ]
        for verdict in verdicts
    ]
    return table(["", "profile", "goal", "reached", "", "best of the others"], rows)


def document(result: Row) -> str:
    """All of it as Markdown, without a heading above the third level."""
    machine = result["machine"]
    measured = (
        f"Measured on {result['date']}: {machine['cpu']}, {machine['cores']} cores, {machine['memory']}, "
        f"{machine['system']}; {machine['versions']}. {result['clients']} clients for each candidate, "
        f"seed {result['seed']}. Errors in ms."
    )
    parts = [
        measured,
        "### The goals",
        goals_table(result["goals"]),
    ]
    for name, profile in result["profiles"].items():
        parts += [f"### {name}", f"{profile['says'][0].upper()}{profile['says'][1:]}.", profile_table(profile)]
        parts.append("\n".join(f"- {note}" for note in notes(profile)))
    return "\n\n".join(parts)


def write(path: Path, result: Row) -> None:
    """Renew what stands between the two marks.

    Raises: ValueError: the page has no such marks.
    """
    renew(path, BEGIN, END, document(result))
