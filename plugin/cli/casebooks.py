"""The case book of the environment, opened for a command that looks at it or changes it by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import make_url

from plugin.casebook.database import Database
from plugin.casebook.recall import is_there
from plugin.cli.asking import stop
from plugin.cli.environment import settings_for
from plugin.documents.wording import Language
from plugin.errors import StoreError


@contextmanager
def casebook(language: Language) -> Iterator[Database]:
    """The case book; one that is not there, or does not answer, ends the command."""
    url = settings_for(language).database_url
    if not is_there(url):
        stop("store", language, 1, detail=f"{make_url(url).database}: –")
    database = Database(url)
    try:
        yield database
    except StoreError as error:
        stop("store", language, 1, detail=error)
    finally:
        database.close()
