"""What ``paidan check --case-book`` says of the case book and the folders beside it: as a start would."""

from __future__ import annotations

import click

from plugin.app.start_check import NotSound, check_before_use
from plugin.casebook.database import Database
from plugin.casebook.recall import is_there
from plugin.casebook.soundness import Finding
from plugin.casebook.soundness_words import said
from plugin.cli.environment import settings_for
from plugin.core.label import Label
from plugin.documents.wording import Language
from plugin.errors import StoreError

TEXTS = {
    "well": Label("案卷库：没有问题", "case book: no problems"),
    "none": Label(
        "案卷库：还没有，第一次启动时建立", "case book: there is none yet; the first start makes it"
    ),
    "store": Label(
        "案卷库无法打开（{detail}）→ 检查 PAIDAN_DATABASE_URL 和磁盘",
        "The case book cannot be opened ({detail}) → check PAIDAN_DATABASE_URL and the disk",
    ),
}


def look_at_case_book(language: Language, *, has_feeds: bool) -> tuple[list[str], bool]:
    """What is to be said, a line each, and whether a start would begin; nothing is written."""
    settings = settings_for(language)
    if not is_there(settings.database_url):
        return [TEXTS["none"].say(language)], True
    database = Database(settings.database_url)
    try:
        found, begins = check_before_use(database, settings, works=True, has_feeds=has_feeds), True
    except NotSound as error:
        found, begins = error.findings, False
    except StoreError as error:
        return [TEXTS["store"].say(language).format(detail=error)], False
    finally:
        database.close()
    return [_line(each, language) for each in found] or [TEXTS["well"].say(language)], begins


def _line(finding: Finding, language: Language) -> str:
    return click.style(said(finding, language), fg="red" if finding.endangers else "yellow")
