"""Makes the stream of the browser's tests anew: a counted picture and a short tone a second, HLS of two-second parts.

Not run by the tests, which take what lies here, so that they need no ffmpeg: `python tests/browser/streams/make.py`.
"""

import subprocess
from pathlib import Path

HERE = Path(__file__).parent
LENGTH_S = 64
PART_S = 2
FRAMES = 25

TONE = "aevalsrc='0.2*sin(2*PI*220*t)*lt(mod(t,1),0.1)':s=22050"


def main() -> None:
    subprocess.run(
        [
            *("ffmpeg", "-v", "error", "-y"),
            *("-f", "lavfi", "-i", f"testsrc=size=160x90:rate={FRAMES}"),
            *("-f", "lavfi", "-i", TONE),
            *("-t", str(LENGTH_S)),
            *("-c:v", "libx264", "-profile:v", "baseline", "-preset", "veryslow", "-crf", "40", "-pix_fmt", "yuv420p"),
            # Every part begins with a whole picture, and nowhere else is one.
            *("-g", str(PART_S * FRAMES), "-keyint_min", str(PART_S * FRAMES), "-sc_threshold", "0"),
            *("-c:a", "aac", "-ac", "1", "-b:a", "16k"),
            *("-f", "hls", "-hls_time", str(PART_S), "-hls_playlist_type", "vod"),
            *("-hls_segment_type", "fmp4", "-hls_flags", "single_file", "stream.m3u8"),
        ],
        cwd=HERE,
        check=True,
    )


if __name__ == "__main__":
    main()
