"""What an installation needs, out of the lock of development: the same versions and hashes, no tools.

``python -m tests.deploy.runtime_lock > docs/deploy/requirements.lock`` writes it anew.
"""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
HEAD = "# Of requirements.lock, what runs: made by python -m tests.deploy.runtime_lock\n"


def made() -> str:
    """The text of docs/deploy/requirements.lock."""
    blocks = re.split(r"^(?=[a-z0-9])", (ROOT / "requirements.lock").read_text("utf-8"), flags=re.M)
    needed = _needed()
    return HEAD + "".join(block for block in blocks if _name(re.split(r"[=\s]", block)[0]) in needed)


def _needed() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found: set[tuple[str, str]] = set()
    waiting = [(Requirement(each), "") for each in project["dependencies"]]
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        for each in ("", *requirement.extras):
            if (key := (_name(requirement.name), each)) not in found:
                found.add(key)
                waiting += [(Requirement(more), each) for more in _requires(requirement.name)]
    return {name for name, _ in found}


def _requires(name: str) -> list[str]:
    try:
        return requires(name) or []
    except PackageNotFoundError:
        return []


def _name(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.stdout.write(made())
