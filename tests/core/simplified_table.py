"""Makes ``plugin/core/simplified.py`` from OpenCC's character table (Apache-2.0).

Run it by hand when OpenCC's table changes::

    pip install opencc-python-reimplemented
    python tests/core/simplified_table.py > plugin/core/simplified.py
"""

from __future__ import annotations

import sys
from importlib import resources

OURS = dict(zip("著於瞭祇衹覆牴藉喫", "着于了只只复抵借吃", strict=True))
"""Where OpenCC keeps a character for its rarer reading, the reading that service hotlines mean."""

HEADER = '''"""Traditional characters and the simplified ones they are read as, position by position.

Made by ``tests/core/simplified_table.py`` from OpenCC's TSCharacters (Apache-2.0, Carbo Kuo and others);
one character for one character, so that no position in a text moves.
"""

'''


def pairs(table: str) -> dict[str, str]:
    """Traditional → simplified, both of one character of the basic plane."""
    rows = (line.split("\t") for line in table.splitlines() if "\t" in line)
    first = {row[0]: row[1].split()[0] for row in rows}
    first.update(OURS)
    return {a: b for a, b in first.items() if a != b and len(a) == len(b) == 1 and max(a, b) < "\U00010000"}


def main() -> None:
    """Write the module to standard output."""
    file = resources.files("opencc") / "dictionary" / "TSCharacters.txt"
    found = sorted(pairs(file.read_text("utf-8")).items())
    sys.stdout.write(HEADER)
    for name, column in (("TRADITIONAL", 0), ("SIMPLIFIED", 1)):
        sys.stdout.write(f"{name} = (\n")
        text = "".join(pair[column] for pair in found)
        for at in range(0, len(text), 50):
            sys.stdout.write(f'    "{text[at : at + 50]}"\n')
        sys.stdout.write(")\n")


if __name__ == "__main__":
    main()
