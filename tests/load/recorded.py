"""A ceremony whose minute of silence is recorded from outside: starts server and browsers, tells how they sounded.

    python -m tests.load.recorded --recorder .../record_clicks.py --netem home-wifi --card 1:ppm=80,pages=16

The recorder is a program that opens each `--url` in a browser with a sound card of its own, presses what `--steps` says
and prints onsets in JSON; options that are not known here are handed on to it.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from memorata.domain import items as i
from memorata.domain.programme import Programme
from tests.builders import a_programme
from tests.live.conftest import Server, now_ms

SILENCE = i.Silence(duration_s=60, bpm=50, invitation_s=15, stillness_s=5, quiet_after_s=5, end_signal="none")
PERIOD_MS = 60_000 / SILENCE.bpm
BEATS = SILENCE.duration_s * SILENCE.bpm // 60

# The first press; then wait until nothing but the silence is heard.
STEPS = """
export default async (page) => {
  await page.locator('button[data-main]').click()
  await page.locator('.bar').waitFor()
  await page.locator('.silence[data-part=stillness]').waitFor({ timeout: 600000, state: 'attached' })
}
"""
# What the page itself believes, beside what is heard.
COLLECT = "({ step: document.querySelector('.silence')?.dataset.beat ?? null })"


def programme(starts_ms: int) -> Programme:
    whole_s = SILENCE.invitation_s + SILENCE.stillness_s + SILENCE.duration_s + SILENCE.quiet_after_s
    items = (
        i.Item("lobby", {"en": "Welcome"}, i.Lobby(), 900),
        i.Item("minute", {"en": "A minute of silence"}, SILENCE, whole_s),
        i.Item("farewell", {"en": "Until next year"}, i.Closing({"en": "Until next year."}), 600),
    )
    return replace(a_programme("recorded", at_ms=starts_ms, items=items))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recorder", required=True, help="the program that records")
    parser.add_argument("--python", default=sys.executable, help="what runs the recorder")
    parser.add_argument("--lobby-s", type=int, default=60, help="from the start of the server to the start of the item")
    parser.add_argument("--out", help="where to put the recorder's whole answer")
    options, others = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "data").start()
        try:
            result = record(server, options, others, Path(folder))
        finally:
            server.stop()
    if options.out:
        Path(options.out).write_text(json.dumps(result, indent=1) + "\n")
    tell(result)
    return 0


def record(server: Server, options: argparse.Namespace, others: list[str], folder: Path) -> dict[str, Any]:
    starts_ms = now_ms() + options.lobby_s * 1000
    keys = server.plan(programme(starts_ms))
    host = server.person(keys["host"]).connect()
    answer = host.command("autopilot.set", on=True)
    if not answer["ok"]:
        raise SystemExit(f"the autopilot is refused: {answer}")
    first_ms = starts_ms + (SILENCE.invitation_s + SILENCE.stillness_s) * 1000
    (folder / "steps.mjs").write_text(STEPS)
    url = f"{server.url}/e/{keys['participant']}"
    out = folder / "recorded.json"
    command = [
        options.python, options.recorder, "--url", url, "--browsers", "2", "--steps", str(folder / "steps.mjs"),
        "--settle", "0", "--seconds", str(SILENCE.duration_s + SILENCE.stillness_s + 2),
        "--ready-timeout", str(options.lobby_s + 120), "--period-ms", str(PERIOD_MS),
        "--abs-phase-ms", str(first_ms % PERIOD_MS), "--collect", COLLECT, "--keep-onsets", "--out", str(out), *others,
    ]  # fmt: skip
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=Path(options.recorder).parent)
    host.disconnect()
    read: dict[str, Any] = json.loads(out.read_text())
    return read


def tell(result: dict[str, Any]) -> None:
    for one in result["browsers"]:
        error = one.get("abs_error_ms", {})
        print(
            f"browser {one['index']}: {one['beats']} of {BEATS} beats, {one.get('missed', '?')} missed, "
            f"{one.get('extra', '?')} extra, {one['underruns']} underruns; against the instants: {json.dumps(error)}"
        )
    for one in result["pairs"]:
        print(f"between {one['i']} and {one['j']}: {one['paired']} paired, {json.dumps(one['offset_ms'])}")
    print("over all pairs:", json.dumps(result.get("all_pairs_abs_ms")))
    print("machine:", json.dumps({"load": result["load"], "stalls": result["machine_stalls"]}))


if __name__ == "__main__":
    sys.exit(main())
