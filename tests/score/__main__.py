"""``python -m tests.score [--write]``: the table and the differences."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.score.report import document, scores

LIST = Path(__file__).parent / "disagreements.md"


def main(arguments: list[str]) -> None:
    found = scores()
    text = document(found)
    if "--write" in arguments:
        LIST.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main(sys.argv[1:])
