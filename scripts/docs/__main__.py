"""Write the generated pages of docs/: `make docs`."""

from pathlib import Path

from scripts.docs import pages

DOCS = Path(__file__).resolve().parents[2] / "docs"


def main() -> None:
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
