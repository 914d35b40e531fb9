"""Secrets in files and in the environment: how they may be written, what is told of the others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from plugin.desk.opening import open_desk
from plugin.desk.secret_values import file_states, look_up, secret_value
from plugin.documents.problems import Problem, Problems
from plugin.documents.render import as_text
from plugin.errors import DocumentsInvalid
from tests.desk.products import descriptor
from tests.desk.test_opening import desk

MARKED = "MARKED-5f1c"


def problems_of(reference: str, **environ: str) -> list[Problem]:
    """What is wrong with, or to be said of, the API token that stands there."""
    warned = Problems()
    try:
        open_desk(
            descriptor(), desk(token=(reference,), hook=("env:HOOK",)), {"HOOK": "h", **environ}, warned
        )
    except DocumentsInvalid as error:
        return list(error.problems)
    return list(warned)


def told(problem: Problem) -> str:
    return "".join(as_text((problem,), {}, language, "mappings/") for language in ("en", "zh"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.touch(0o600)
    return path


@pytest.mark.parametrize(
    "written",
    [
        MARKED,
        f"{MARKED}\n",
        f"{MARKED}\r\n",
        f"\n  {MARKED} \t\n\n",
        f"\ufeff{MARKED}\n",
        f"\ufeff{MARKED}\r\n",
    ],
)
def test_what_an_editor_leaves_around_a_secret_is_not_part_of_it(file: Path, written: str) -> None:
    file.write_bytes(written.encode())
    assert secret_value(f"file:{file}", {}) == MARKED
    assert problems_of(f"file:{file}") == []


@pytest.mark.parametrize(
    "written",
    [f"{MARKED}\nmore", f"{MARKED}\r\nX-Evil: 1", f"{MARKED}\x00", f"a\u200b{MARKED}", f"a\tb{MARKED}"],
)
def test_more_than_one_line_is_told_and_not_shown(file: Path, written: str) -> None:
    file.write_bytes(written.encode())
    in_file, in_environment = problems_of(f"file:{file}"), problems_of("env:TOKEN", TOKEN=written)
    for (problem,), where in ((in_file, f"file:{file}"), (in_environment, "env:TOKEN")):
        assert (problem.code, problem.place.line) == ("secret-lines", 5)
        assert where[:40] in told(problem)
        assert MARKED not in told(problem) + repr(problem)


def test_a_file_that_cannot_be_read_is_told_with_the_reason(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    latin, large = tmp_path / "latin", tmp_path / "large"
    latin.write_bytes(f"{MARKED} ä".encode("latin-1"))
    large.write_bytes(b"x" * 70_000)
    for path, why in ((folder, "Is a directory"), (latin, "Not UTF-8"), (large, "too large")):
        (problem,) = problems_of(f"file:{path}")
        assert problem.code == "secret-unreadable"
        assert why in told(problem)
        assert MARKED not in told(problem)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_of_somebody_else_is_told_as_such(file: Path) -> None:
    file.chmod(0)
    (problem,) = problems_of(f"file:{file}")
    assert "Permission denied" in told(problem)


def test_nothing_there_is_told_as_nothing(file: Path, tmp_path: Path) -> None:
    for reference in (f"file:{file}", f"file:{tmp_path}/none", "env:TOKEN"):
        (problem,) = problems_of(reference, TOKEN=" \n")
        assert problem.code == "secret-unset"


def test_a_file_everybody_may_read_is_warned_of_where_they_can_reach_it(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(MARKED, "utf-8")
    file.chmod(0o644)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and str(folder).startswith("/tmp/"):
            folder.chmod(0o755)
    (problem,) = problems_of(f"file:{file}")
    assert (problem.code, problem.severity, problem.place.line) == ("secret-open", "warning", 5)
    assert "chmod 600" in told(problem)
    assert MARKED not in told(problem)
    with monkeypatch.context() as container:
        container.setattr(os, "statvfs", lambda _: os.statvfs_result((0,) * 8 + (os.ST_RDONLY, 255)))
        assert problems_of(f"file:{file}") == [], "a mount that a container is handed"
    tmp_path.chmod(0o700)
    assert problems_of(f"file:{file}") == [], "its folder keeps others out"
    tmp_path.chmod(0o755)
    file.chmod(0o640)
    assert problems_of(f"file:{file}") == []


def test_a_changed_file_is_seen(file: Path, tmp_path: Path) -> None:
    given = desk(token=(f"file:{file}", "env:TOKEN"), hook=(f"file:{tmp_path}/later",))
    seen = [frozenset(file_states(given))]

    def changed() -> bool:
        seen.append(frozenset(file_states(given)))
        return seen[-1] != seen[-2]

    assert not changed()
    file.write_text("a", "utf-8")
    assert changed()
    os.utime(file, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns + 1))
    assert changed()
    file.chmod(0o644)
    assert changed(), "a file that could not be read may be mended by its rights alone"
    (tmp_path / "new").write_text("b", "utf-8")
    (tmp_path / "new").replace(tmp_path / "later")
    assert changed()


def test_what_was_found_is_not_in_its_words() -> None:
    assert MARKED not in repr(look_up("env:TOKEN", {"TOKEN": MARKED}))
