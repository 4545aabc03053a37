"""Everything about faces in one go: `python -m bench.faces_all [--short]` (`make bench-faces` does it at full length).

One after the other: what a picture costs (`bench.faces`), whether lips fit the sound (`bench.lips`), and how many
sessions talk at once (`bench.sessions`). `--short` measures lips on few sentences and leaves the sessions out.
"""

import subprocess
import sys
from collections.abc import Sequence

from bench.lips import astronaut


def main(arguments: Sequence[str]) -> int:
    short = "--short" in arguments
    photo, box = astronaut()
    parts = {
        "What a picture costs": ["bench.faces", str(photo), ",".join(map(str, box))],
        "Do the lips fit the sound?": ["bench.lips", "--short"] if short else ["bench.lips"],
        "How many sessions talk at once": [] if short else ["bench.sessions", "--find"],
    }
    failed = 0
    for title, part in parts.items():
        if part:
            print(f"\n{title}\n", flush=True)
            failed |= subprocess.run([sys.executable, "-m", *part]).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
