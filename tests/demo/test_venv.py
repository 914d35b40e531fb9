"""The venv of the demo's helpdesk: made once from its lock, and clear words where it cannot be."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from plugin.demo import venv


def empty_lock(folder: Path, comment: str = "") -> Path:
    lock = folder / "lock"
    lock.write_text(f"# nothing is needed {comment}\n")
    return lock


def test_a_second_run_finds_the_venv_ready(tmp_path: Path) -> None:
    lock = empty_lock(tmp_path)
    python = venv.prepare(tmp_path / "v", lock)
    made = (tmp_path / "v" / "ready").stat().st_mtime_ns
    assert venv.prepare(tmp_path / "v", lock) == python
    assert (tmp_path / "v" / "ready").stat().st_mtime_ns == made
    assert not venv.is_ready(tmp_path / "v", empty_lock(tmp_path, "any more"))


def test_packages_that_cannot_be_had_are_told_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    lock = tmp_path / "lock"
    lock.write_text(f"no-such-package==1.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(venv.PrerequisiteMissing, match=r"needs the network(.|\n)*no-such-package"):
        venv.prepare(tmp_path / "v", lock)
    assert not venv.is_ready(tmp_path / "v", lock)


def test_a_python_without_venv_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(venv.PrerequisiteMissing, match="python3-venv"):
        venv.prepare(tmp_path / "v", empty_lock(tmp_path))


def test_the_file_runs_on_a_bare_python() -> None:
    """``make`` runs it before anything of Paidan is installed."""
    code = f"import runpy; runpy.run_path({venv.__file__!r}, run_name='bare')"
    assert subprocess.run([sys.executable, "-I", "-S", "-c", code], check=False).returncode == 0


def test_every_package_is_pinned_and_has_hashes() -> None:
    lines = [line for line in venv.LOCK.read_text().splitlines() if re.match(r"[a-z]", line)]
    assert any(line.startswith("django-helpdesk==") for line in lines)
    assert all("==" in line and line.endswith("\\") for line in lines)
