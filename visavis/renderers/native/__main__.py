"""Compile the optional kernel into this environment; done already, it does nothing."""

import sys

from visavis.renderers import native


def main() -> int:
    target = native.library_file()
    if target.is_file():
        return 0
    if problem := native.build(target):
        sys.stdout.write(f"the native warp could not be built, so OpenCV does its work: {problem}\n")
        return 1
    for old in target.parent.glob("libvisavis-warp-*.so"):
        if old != target:
            old.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
