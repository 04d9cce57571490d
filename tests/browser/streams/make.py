"""Makes the stream of the browser's tests anew: pictures that count themselves, a tone a second, in parts of 2 s.

Not run by the tests, which take what lies here, so that they need no ffmpeg: `python tests/browser/streams/make.py`.
"""

import subprocess
from pathlib import Path

HERE = Path(__file__).parent
LENGTH_S = 76
PART_S = 2
FRAMES = 25

COLUMNS = 11
"""A picture shows its number: column n is white where bit n is set."""

COUNT = f"color=black:s={COLUMNS * 16}x96:r={FRAMES},geq=lum='16+219*mod(floor(N/pow(2,floor(X/16))),2)':cb=128:cr=128"
TONE = "aevalsrc='0.2*sin(2*PI*220*t)*lt(mod(t,1),0.1)':s=22050"


def main() -> None:
    subprocess.run(
        [
            *("ffmpeg", "-v", "error", "-y"),
            *("-f", "lavfi", "-i", COUNT),
            *("-f", "lavfi", "-i", TONE),
            *("-t", str(LENGTH_S)),
            *("-c:v", "libx264", "-profile:v", "baseline", "-preset", "veryslow", "-crf", "40", "-pix_fmt", "yuv420p"),
            # Every part begins with a whole picture, and nowhere else is one.
            *("-g", str(PART_S * FRAMES), "-keyint_min", str(PART_S * FRAMES), "-sc_threshold", "0"),
            *("-c:a", "aac", "-ac", "1", "-b:a", "12k"),
            *("-f", "hls", "-hls_time", str(PART_S), "-hls_playlist_type", "vod"),
            *("-hls_segment_type", "fmp4", "-hls_flags", "single_file", "stream.m3u8"),
        ],
        cwd=HERE,
        check=True,
    )


if __name__ == "__main__":
    main()
