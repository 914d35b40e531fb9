"""A desk file opens a helpdesk; a secret without a value is told where it is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugin.core.place import Place
from plugin.desk.opening import open_desk, product
from plugin.documents.desks import Desk
from plugin.errors import DocumentsInvalid
from tests.desk.products import descriptor


def desk(**secrets: tuple[str, ...]) -> Desk:
    return Desk(
        id="city",
        connector="example",
        url="https://desk.example.org",
        plan="p",
        rules="r",
        groups={},
        secrets=secrets,
        targets={"group": None, "level": "Level"},
        place=Place("desks/city.yaml", 1, 1),
        places={"secrets.token": Place("desks/city.yaml", 5, 18)},
    )


def test_secrets_come_from_the_environment_and_from_files(tmp_path: Path) -> None:
    file = tmp_path / "hook"
    file.write_text("from a file\n", "utf-8")
    given = desk(token=("env:TOKEN",), hook=("env:OLD", f"file:{file}"))
    opened = open_desk(descriptor(), given, {"TOKEN": "t", "OLD": "old"})
    assert opened.desk.secrets == {"token": ("t",), "hook": ("old", "from a file")}
    assert opened.name == "city"
    assert "from a file" not in repr(opened.desk)


def test_a_secret_without_a_value_is_told_at_its_line() -> None:
    with pytest.raises(DocumentsInvalid) as caught:
        open_desk(descriptor(), desk(token=("env:TOKEN",), hook=("env:HOOK",)), {"HOOK": "h"})
    assert [(p.code, p.place.line) for p in caught.value.problems] == [("secret-unset", 5)]


def test_a_desk_that_could_not_tell_a_forged_webhook_is_not_opened() -> None:
    optional = [{"kind": "header", "header": "X", "secret": "hook", "optional": True}]
    from tests.desk.products import document

    lax = descriptor(receive={**document()["receive"], "verify": optional})
    with pytest.raises(DocumentsInvalid) as caught:
        open_desk(lax, desk(token=("env:TOKEN",)), {"TOKEN": "t"})
    assert [p.code for p in caught.value.problems] == ["no-check"]


@pytest.mark.parametrize(
    ("form", "by_day"), [("iso", False), ("%Y-%m-%d", True), ("%Y-%m-%d %H:%M", False), ("unix", False)]
)
def test_a_due_date_without_an_hour_is_a_day(form: str, by_day: bool) -> None:
    from tests.desk.products import document

    write = document()["write"]
    due = {"read": {"path": "ticket.due", "type": "time", "form": form}, "write": {"due": "${value}"}}
    made = product(descriptor(write={**write, "targets": {**write["targets"], "due": due}}))
    assert made.due_by_day is by_day


def test_what_a_desk_file_is_checked_against() -> None:
    found = product(descriptor())
    assert found.settings == ("account",)
    assert found.secrets == ("token", "hook")
    assert found.required == ("token",)
    assert found.needs_field == ("level",)
    assert found.priorities == ("1", "2", "3")
    assert found.notes
