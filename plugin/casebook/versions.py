"""Every version of every document that ever ran, so that a decision can be read with the lines it cites."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from plugin.casebook.database import Database
from plugin.casebook.tables import document


def keep_versions(database: Database, texts: Mapping[str, str], *, who: str, why: str) -> None:
    """Remember these files' texts, each version once; ``who`` and ``why`` of the first time it ran."""
    rows = [
        {"hash": sha256(f"{name}\0{text}".encode()).hexdigest(), "name": name[:300], "text": text}
        for name, text in texts.items()
    ]
    if not rows:
        return
    with database.write() as tx:
        known = {"loaded_at": tx.now, "who": who, "why": why}
        statement = tx.insert(document).on_conflict_do_nothing(index_elements=["hash"])
        tx.run(statement, [{**row, **known} for row in rows])
