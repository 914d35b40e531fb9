"""Generated pages and schemas are current: ``GOLDEN=update pytest tests/documents`` writes them anew."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin.desk.describe.pages import connector_schema_file, connectors_page
from plugin.desk.product_pages import setup_page, table_page
from plugin.documents.json_schema import files, schema
from plugin.documents.manifest import load_manifest
from plugin.documents.plans import PLAN
from plugin.documents.reference import environment_page, errors_page, mappings_page
from plugin.documents.wording import TEXTS
from tests.connectors.products import NAMES, descriptor
from tests.documents.case_folder import ERR, ROOT, cases

UPDATE = os.environ.get("GOLDEN") == "update"
REFERENCE = ROOT / "docs" / "reference"


def pages() -> Iterator[tuple[Path, str]]:
    shown = {
        case.stem: (
            case.with_name(f"{case.stem}.out").read_text("utf-8"),
            case.with_name(f"{case.stem}.zh.out").read_text("utf-8"),
        )
        for case in cases(ERR)
    }
    yield REFERENCE / "errors.md", errors_page(shown)
    yield REFERENCE / "mappings.md", mappings_page(PLAN)
    yield REFERENCE / "connectors.md", connectors_page()
    yield REFERENCE / "settings.md", environment_page(load_manifest())
    products = [descriptor(name) for name in NAMES]
    yield ROOT / "docs" / "helpdesks.md", table_page(products)
    for each in products:
        yield ROOT / "docs" / "helpdesks" / f"{each.name}.md", setup_page(each)
    for name, text in (*files(), connector_schema_file()):
        yield ROOT / "docs" / "schema" / name, text


@pytest.mark.parametrize(("path", "text"), tuple(pages()), ids=lambda value: getattr(value, "name", ""))
def test_a_generated_page_is_current(path: Path, text: str) -> None:
    if UPDATE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    assert path.read_text("utf-8") == text


def test_every_code_has_a_heading_of_its_own() -> None:
    headings = re.findall(r"^## (.+)$", (REFERENCE / "errors.md").read_text("utf-8"), re.M)
    assert sorted(headings) == sorted(TEXTS)


@pytest.mark.parametrize("kind", ["plan", "rules", "desk", "calendar", "roster"])
def test_a_schema_refuses_unknown_keys_and_names_required_ones(kind: str) -> None:
    made = schema(kind)
    assert made["additionalProperties"] is False
    assert "version" in made["properties"]


def test_no_page_is_left_of_a_product_that_is_gone() -> None:
    assert {path.stem for path in (ROOT / "docs" / "helpdesks").glob("*.md")} == set(NAMES)
