"""``python -m tests.score [--write] [--all]``: the table and the differences; ``--all`` lists heldout too."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.score.report import differences, document, scores

LIST = Path(__file__).parent / "disagreements.md"


def main(arguments: list[str]) -> None:
    found = scores()
    text = document(found)
    if "--write" in arguments:
        LIST.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    if "--all" in arguments:
        sys.stdout.write(
            "\n".join(["", "## heldout, for the annotator", "", *differences(found["heldout"])]) + "\n"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
