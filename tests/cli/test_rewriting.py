"""Files put in the place of others: a link stays a link, and what cannot be written leaves nothing behind."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from plugin.cli.rewriting import ChangedMeanwhile, rewrite
from plugin.desk.desk_files import write_whole


def _rewritten(file: Path, text: str) -> None:
    rewrite(file, file.read_bytes(), text)


@pytest.mark.parametrize("write", [_rewritten, write_whole])
def test_a_link_stays_one_and_what_it_leads_to_is_written(
    tmp_path: Path, write: Callable[[Path, str], None]
) -> None:
    kept, used = tmp_path / "versions" / "hall.yaml", tmp_path / "desks" / "hall.yaml"
    for folder in (kept.parent, used.parent):
        folder.mkdir()
    kept.write_text("old", "utf-8")
    used.symlink_to(os.path.relpath(kept, used.parent))
    write(used, "new")
    assert used.is_symlink()
    assert kept.read_text("utf-8") == "new"
    assert [each.name for each in used.parent.iterdir()] == ["hall.yaml"]
    assert [each.name for each in kept.parent.iterdir()] == ["hall.yaml"]


def test_what_was_written_meanwhile_through_a_link_is_seen(tmp_path: Path) -> None:
    kept, used = tmp_path / "kept.yaml", tmp_path / "used.yaml"
    kept.write_text("theirs", "utf-8")
    used.symlink_to(kept)
    with pytest.raises(ChangedMeanwhile):
        rewrite(used, b"ours", "new")
    assert kept.read_text("utf-8") == "theirs"


def test_a_half_written_file_is_not_left_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "secret", "value", 0o600)
    assert not list(tmp_path.iterdir())
