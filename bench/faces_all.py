"""Everything about faces in one go: `python -m bench.faces_all [--short]` (also `make bench-faces`).

Runs, one after the other, what a picture costs (`bench.faces`), whether lips fit the sound (`bench.lips`), and, where
the clients of the tests are installed, how many sessions talk at once (`bench.run`). `--short` measures lips on few
sentences and leaves the sessions out.
"""

import sys
from collections.abc import Sequence

from bench import faces, lips, run


def main(arguments: Sequence[str]) -> int:
    short = "--short" in arguments
    photo, box = lips.astronaut()
    print("What a picture costs\n")
    faces.main([str(photo), ",".join(map(str, box))])
    print("\nDo the lips fit the sound?\n")
    lips.main(["--short"] if short else [])
    if not short:
        print("\nSessions\n")
        run.main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
