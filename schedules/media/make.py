"""Makes the pictures, recordings and captions of the demonstration ceremony, the same ones every time.

    python schedules/media/make.py              everything, about three minutes
    python schedules/media/make.py river.jpg    only what is named

For whoever changes them: what is made lies in the repository, and nothing here is needed to run a ceremony. Needs numpy
and Pillow (not among the project's requirements) and ffmpeg with libx264. The drawings are in scenes.py, places.py and
films.py.
"""

import subprocess
import sys
import tempfile
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import films
import numpy as np
import places
import scenes
from numpy.typing import NDArray
from PIL import Image

HERE = Path(__file__).parent
MOST_BYTES = 1_400_000
"""The whole folder, so that a clone of the repository and a ceremony on a poor line stay light."""

PICTURES: dict[str, tuple[Callable[[], Image.Image], int]] = {
    "still.jpg": (scenes.still, 74),
    "photo-1.jpg": (scenes.river, 66),
    "photo-2.jpg": (scenes.metronome, 66),
    "photo-3.jpg": (scenes.sledge, 70),
    "photo-4.jpg": (scenes.bread, 66),
    "photo-5.jpg": (scenes.loudspeaker, 60),
    "photo-6.jpg": (scenes.fireworks, 50),
    "bishkek.jpg": (places.bishkek, 64),
    "yerevan.jpg": (places.yerevan, 66),
    "sukhum.jpg": (places.sukhum, 62),
    "jerusalem.jpg": (places.jerusalem, 62),
    "manchester.jpg": (places.manchester, 54),
}

# -- sound -------------------------------------------------------------------------------------------------------------

SAMPLES = 8_000
"""A second; there is nothing above 2 kHz in these strings."""

Chord = tuple[int, ...]
"""Keys of a piano, 69 is the A of 440 Hz."""

DUSK: tuple[Chord, ...] = (
    (38, 50, 57, 65),
    (34, 50, 58, 65),
    (41, 48, 57, 60),
    (36, 48, 55, 64),
    (38, 50, 57, 62),
    (43, 50, 58, 62),
)
STONE: tuple[Chord, ...] = ((36, 48, 55, 63), (39, 46, 55, 58), (32, 48, 56, 60), (34, 46, 53, 62), (36, 43, 55, 60))
ROAD: tuple[Chord, ...] = ((40, 47, 55, 64), (36, 48, 55, 64), (43, 50, 59, 62), (38, 50, 57, 66))
HOME: tuple[Chord, ...] = ((43, 50, 59, 67), (36, 48, 55, 64), (38, 50, 57, 66), (43, 55, 59, 62))


def strings(seconds: int, chords: Callable[[float], Chord], each_s: float) -> NDArray[np.int16]:
    """Low strings, softly: every chord swells over the end of the one before."""
    rng = np.random.default_rng(1944)
    sound = np.zeros(seconds * SAMPLES)
    overlap_s = 5.0
    for start in np.arange(0, seconds, each_s):
        length = int(min(each_s + overlap_s, seconds - start) * SAMPLES)
        t = np.arange(length) / SAMPLES
        swell = np.clip(t / overlap_s, 0, 1) * np.clip((each_s + overlap_s - t) / overlap_s, 0, 1)
        swell = swell * swell * (3 - 2 * swell)
        for key in chords(float(start)):
            hertz = 440 * 2 ** ((key - 69) / 12)
            for detune in (-0.0011, 0.0009):
                tone = np.zeros(length)
                for harmonic in range(1, 6):
                    if hertz * harmonic < 2000:
                        phase = rng.uniform(0, 2 * np.pi)
                        tone += np.sin(2 * np.pi * hertz * (1 + detune) * harmonic * t + phase) / harmonic**1.9
                breath = 1 + 0.12 * np.sin(2 * np.pi * t / rng.uniform(6, 9) + rng.uniform(0, 6))
                first = int(start * SAMPLES)
                sound[first : first + length] += tone * breath * swell / (1 + (key - 32) / 18)
    edge = np.minimum(np.arange(len(sound)), np.arange(len(sound))[::-1]) / SAMPLES
    sound *= np.clip(edge / 4, 0, 1)
    return (sound / np.abs(sound).max() * 0.16 * 32767).astype(np.int16)


def in_turn(chords: tuple[Chord, ...], each_s: float) -> Callable[[float], Chord]:
    return lambda at_s: chords[round(at_s / each_s) % len(chords)]


# -- recordings --------------------------------------------------------------------------------------------------------


def record(name: str, seconds: int, frames: Iterator[films.Frame], music: NDArray[np.int16], quality: int) -> None:
    """H.264 and AAC as every browser since 2015 plays them; a whole picture every 40 s for those who come late."""
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "music.wav"
        with wave.open(str(sound), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(SAMPLES)
            file.writeframes(music.tobytes())
        command = [
            "ffmpeg",
            "-v",
            "error",
            "-y",
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgb24",
            "-s",
            f"{films.WIDTH}x{films.HEIGHT}",
            "-r",
            str(films.RATE),
            "-i",
            "-",
            "-i",
            str(sound),
            "-c:v",
            "libx264",
            "-profile:v",
            "main",
            "-level",
            "3.1",
            "-preset",
            "veryslow",
            "-crf",
            str(quality),
            "-tune",
            "animation",
            "-g",
            str(40 * films.RATE),
            "-bf",
            "8",
            "-pix_fmt",
            "yuv420p",
            "-colorspace",
            "smpte170m",
            "-color_primaries",
            "smpte170m",
            "-color_trc",
            "smpte170m",
            "-c:a",
            "aac",
            "-aac_coder",
            "fast",
            "-q:a",
            "0.06",
            "-ac",
            "1",
            "-max_interleave_delta",
            "0",
            "-threads",
            "1",
            "-t",
            str(seconds),
            "-map_metadata",
            "-1",
            "-fflags",
            "+bitexact",
            "-flags:v",
            "+bitexact",
            "-flags:a",
            "+bitexact",
            "-movflags",
            "+faststart",
            str(HERE / name),
        ]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as encoder:
            if encoder.stdin is not None:
                for frame in frames:
                    encoder.stdin.write(frame.tobytes())
                encoder.stdin.close()
        if encoder.returncode:
            sys.exit(encoder.returncode)


def governor(name: str) -> None:
    record(name, 240, films.governor(240), strings(240, in_turn(DUSK, 20), 20), 35)


def wreaths(name: str) -> None:
    record(name, 300, films.wreaths(300), strings(300, in_turn(STONE, 20), 20), 36)


def taisiya(name: str) -> None:
    on_the_road, at_home = in_turn(ROAD, 15), in_turn(HOME, 15)
    music = strings(180, lambda at_s: on_the_road(at_s) if at_s < 83 else at_home(at_s - 90), 15)
    record(name, 180, films.taisiya(180), music, 35)


RECORDINGS = {"governor.mp4": governor, "wreaths.mp4": wreaths, "taisiya.mp4": taisiya}

# -- words -------------------------------------------------------------------------------------------------------------

Cues = tuple[tuple[float, float, str, str], ...]
"""From, to (seconds), English, Russian."""

CAPTIONS: dict[str, Cues] = {
    "governor": (
        (
            2,
            12,
            "[Quiet strings. The words of the governor are shown as text.]",
            "[Тихо звучат струнные. Слова губернатора показаны текстом.]",
        ),
        (
            14,
            70,
            "Eighty-three years ago a city that was to be erased sent up fireworks instead.",
            "Восемьдесят три года назад город, который хотели стереть с лица земли, зажёг салют.",
        ),
        (
            78,
            128,
            "You carried it out in your hands, to twenty countries.",
            "Вы вынесли его на руках и разнесли по двадцати странам.",
        ),
        (136, 190, "This house is yours; its door does not close.", "Этот дом — ваш; его дверь не закрывается."),
        (198, 214, "[Far away, over the roofs, fireworks.]", "[Вдали, над крышами, салют.]"),
    ),
    "wreaths": ((2, 14, "[Quiet strings. Snow.]", "[Тихо звучат струнные. Идёт снег.]"),),
    "taisiya": (
        (
            1,
            8,
            "[Quiet strings. The words of Taisiya Orlova are shown as text.]",
            "[Тихо звучат струнные. Слова Таисии Орловой показаны текстом.]",
        ),
        (9, 20, "I was nine when they put us on the train.", "Мне было девять, когда нас посадили в поезд."),
        (
            21,
            33,
            "It was a goods van with a stove in the middle. We took turns to sit beside it.",
            "Товарный вагон, посередине печка. К ней садились по очереди.",
        ),
        (
            34,
            46,
            "Nobody told us where we were going. East, they said, only east.",
            "Никто не говорил, куда мы едем. На восток, говорили, — просто на восток.",
        ),
        (
            47,
            59,
            "At night I counted the telegraph poles, so as not to think of bread.",
            "По ночам я считала телеграфные столбы, чтобы не думать о хлебе.",
        ),
        (
            60,
            72,
            "At the last station a woman was standing in the snow. She gave me bread and a blanket.",
            "На последней станции в снегу стояла женщина. Она дала мне хлеба и одеяло.",
        ),
        (73, 82, "She asked nothing. She only took my hand.", "Она ни о чём не спросила. Просто взяла за руку."),
        (
            90,
            102,
            "In the spring I found a twig by the road and planted it beside her house.",
            "Весной я нашла у дороги веточку и посадила её возле её дома.",
        ),
        (
            103,
            115,
            "They laughed at me: it will not grow, child, this is steppe.",
            "Надо мной смеялись: не вырастет, дочка, тут степь.",
        ),
        (116, 127, "I carried it water. I knew how to carry water.", "Я носила ему воду. Носить воду я умела."),
        (
            128,
            140,
            "It grew. I went to school under it, and from under it I was married.",
            "Выросло. Мимо него я бегала в школу, от него меня выдавали замуж.",
        ),
        (
            141,
            153,
            "It is taller than the house now. Children play there whose names I do not know.",
            "Теперь оно выше дома. Под ним играют дети, которых я и по имени не знаю.",
        ),
        (
            154,
            166,
            "When I am asked what I brought out of the city, I show them the tree.",
            "Когда меня спрашивают, что я вывезла из города, я показываю на дерево.",
        ),
        (167, 177, "That is all. Thank you for listening.", "Вот и всё. Спасибо, что выслушали."),
    ),
}


def stamp(at_s: float) -> str:
    minutes, seconds = divmod(at_s, 60)
    return f"{int(minutes):02d}:{seconds:06.3f}"


def captions(name: str) -> None:
    recording, language, _ = name.split(".")
    lines = ["WEBVTT"]
    for start_s, end_s, english, russian in CAPTIONS[recording]:
        lines += ["", f"{stamp(start_s)} --> {stamp(end_s)}", {"en": english, "ru": russian}[language]]
    (HERE / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def picture(name: str) -> None:
    draw, quality = PICTURES[name]
    draw().save(HERE / name, quality=quality, optimize=True, progressive=True, subsampling=2)


FLAME = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 200" role="img">
  <defs>
    <radialGradient id="halo">
      <stop offset="0" stop-color="#ffb35c" stop-opacity=".55"/>
      <stop offset="1" stop-color="#ffb35c" stop-opacity="0"/>
    </radialGradient>
    <linearGradient id="fire" x1="0" y1="1" x2="0" y2="0">
      <stop offset="0" stop-color="#ffe9a8"/>
      <stop offset=".45" stop-color="#ffc15c"/>
      <stop offset="1" stop-color="#ff8f2e"/>
    </linearGradient>
    <linearGradient id="wax" x1="0" x2="1">
      <stop offset="0" stop-color="#8a7456"/>
      <stop offset=".45" stop-color="#f6e5c2"/>
      <stop offset="1" stop-color="#7d6849"/>
    </linearGradient>
  </defs>
  <ellipse cx="60" cy="78" rx="60" ry="76" fill="url(#halo)"/>
  <path d="M60 20c6 24 19 39 19 60a19 19 0 0 1-38 0c0-21 13-36 19-60z" fill="url(#fire)"/>
  <path d="M60 58c3 11 9 18 9 28a9 9 0 0 1-18 0c0-10 6-17 9-28z" fill="#fffbe9"/>
  <path d="M60 90v18" stroke="#2a1c12" stroke-width="2.4" stroke-linecap="round"/>
  <path d="M38 110v78c0 5 10 9 22 9s22-4 22-9v-78z" fill="url(#wax)"/>
  <ellipse cx="60" cy="110" rx="22" ry="6" fill="#f8e6c3"/>
</svg>
"""


def flame(name: str) -> None:
    (HERE / name).write_text(FLAME, encoding="utf-8")


MADE: dict[str, Callable[[str], None]] = {
    **dict.fromkeys(PICTURES, picture),
    "flame.svg": flame,
    **{f"{recording}.{language}.vtt": captions for recording in CAPTIONS for language in ("en", "ru")},
    **RECORDINGS,
}


def main(names: list[str]) -> None:
    for name in names or MADE:
        MADE[name](name)
        sys.stdout.write(f"{(HERE / name).stat().st_size:>9,}  {name}\n")
    total = sum(path.stat().st_size for path in HERE.iterdir() if path.is_file())
    sys.stdout.write(f"{total:>9,}  in all\n")
    if total > MOST_BYTES:
        sys.exit(f"The folder is larger than {MOST_BYTES:,} bytes.")


if __name__ == "__main__":
    main(sys.argv[1:])
