"""A virtual environment made from a lock file, kept for the next run.

Standard library only and no import from Paidan: ``make`` runs this file with the bare
machine's Python, beside the installation of Paidan itself.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = Path(__file__).with_name("requirements.lock")
"""The packages of the demo's helpdesk, pinned and with hashes."""


class PrerequisiteMissing(Exception):
    """Something the machine must have is not there; the message says what, and what to do."""


def home() -> Path:
    """Where the demo's venv is kept: ``.demo`` in a checkout, the user's cache folder elsewhere."""
    root = Path(__file__).parents[2]
    if (root / "pyproject.toml").is_file() and os.access(root, os.W_OK):
        return root / ".demo"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "paidan" / "demo"


def is_ready(folder: Path, lock: Path = LOCK) -> bool:
    """True if ``folder`` holds a venv made from exactly this lock and this Python."""
    stamp = folder / "ready"
    return stamp.is_file() and stamp.read_text() == _stamp(lock) and (folder / "bin" / "python").exists()


def prepare(folder: Path, lock: Path = LOCK) -> Path:
    """The Python of a venv with everything in ``lock``; a second call finds it ready.

    Raises ``PrerequisiteMissing`` if this Python cannot make a venv or the packages cannot be had.
    """
    with alone(folder):
        if not is_ready(folder, lock):
            shutil.rmtree(folder, ignore_errors=True)
            _make(folder)
            _install(folder, lock)
            (folder / "ready").write_text(_stamp(lock))
    return folder / "bin" / "python"


def _stamp(lock: Path) -> str:
    return f"{sys.version_info[:3]} {hashlib.sha256(lock.read_bytes()).hexdigest()}\n"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Two runs at once must not make the same folder twice: the second waits."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(folder.name + ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make(folder: Path) -> None:
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise PrerequisiteMissing(
            "this Python has no venv module, so the demo's helpdesk cannot be installed.\n"
            f"  → install it (Debian, Ubuntu: apt-get install python3-venv) and run this again; "
            f"Python: {sys.executable}"
        )
    _run([sys.executable, "-m", "venv", str(folder)], "the virtual environment could not be made")


def _install(folder: Path, lock: Path) -> None:
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-qq", "--no-compile"]
    _run(
        [*pip, "--disable-pip-version-check", "--require-hashes", "-r", str(lock)],
        "the helpdesk's packages could not be installed from the package index",
    )


def _run(command: list[str], failure: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (own arguments)
    if done.returncode:
        last = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()][-4:]
        raise PrerequisiteMissing(
            f"{failure}.\n  → the first run needs the network (or a package mirror in pip's own settings); "
            "what was said:\n" + "\n".join(f"    {line[:200]}" for line in last)
        )


def main() -> int:
    """Prepare the demo's venv; the way ``make`` runs it."""
    try:
        prepare(home() / "helpdesk")
    except PrerequisiteMissing as error:
        sys.stderr.write(f"paidan demo: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
