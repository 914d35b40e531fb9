"""What helpdesks that are installed on this machine have in common: a seed, kept for the next run."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from plugin.demo.venv import alone


def run(
    command: Sequence[str], given: str = "", env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> str:
    """What a command of the helpdesk's own prints; a failure shows the end of what it said."""
    done = subprocess.run(
        command,
        input=given,
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, **(env or {})},
    )
    assert done.returncode == 0, f"{list(command)}: {done.stderr[-2000:]}{done.stdout[-500:]}"
    return done.stdout


def seeded(kept: Path, database: Path, make: Callable[[], str]) -> dict[str, Any]:
    """What the seed told on its last line, as JSON; its database is made now, or one kept from then."""
    with alone(kept):
        if not (kept / "told.json").exists():
            told = make()
            kept.mkdir(parents=True, exist_ok=True)
            shutil.copy(database, kept / database.name)
            (kept / "told.json").write_text(told.splitlines()[-1])
    shutil.copy(kept / database.name, database)
    read: dict[str, Any] = json.loads((kept / "told.json").read_text())
    return read


def seed_key(package: str, seed: Any, script: Path) -> str:
    """The same for as long as package, seed and script are: a database made from them can be used again."""
    version = subprocess.run(
        ["dpkg-query", "-W", package], capture_output=True, text=True, check=False
    ).stdout
    return hashlib.sha256((json.dumps(seed) + script.read_text() + version).encode()).hexdigest()[:16]
