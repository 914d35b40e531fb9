"""``paidan retry``: dead letters tried again by a person in his own name, or taken off the list."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click

from plugin.app.desks import Desks
from plugin.casebook.interventions import By
from plugin.casebook.retrying import Retried, Retry, chosen
from plugin.casebook.wording import to_be_done, told
from plugin.cli import options
from plugin.cli.asking import give_up
from plugin.cli.casebooks import casebook
from plugin.cli.environment import settings_for
from plugin.core.label import Label
from plugin.documents.render import as_text
from plugin.documents.wording import Language
from plugin.errors import DocumentsInvalid

TEXTS: Mapping[str, Label] = {
    "again-write": Label(
        "{id}：重新读取工单 {detail} 并再试：{what}", "{id}: ticket {detail} is read and tried again: {what}"
    ),
    "again-message": Label("{id}：再次发给 {detail}", "{id}: sent again to {detail}"),
    "again-delivery": Label(
        "{id}：读出工单 {detail}，将处理", "{id}: it names ticket {detail}, which is read now"
    ),
    "gone": Label("{id}：已不在清单里", "{id}: it is no dead letter any more"),
    "no-desk": Label(
        "{id}：没有 desk “{desk}”的文件 → 恢复它，或用 --drop",
        '{id}: there is no desk file "{desk}" → restore it, or --drop',
    ),
    "still": Label("{id}：仍读不出。{why}", "{id}: still unreadable. {why}"),
    "nobody": Label(
        "{id}：现在仍无人可告知 → 补好值班表和 desk 文件的 notify",
        "{id}: still nobody can be reached → mend the roster and notify: of the desk file",
    ),
    "over": Label("{id}：已有人答复，无需再告知", "{id}: it was answered since, nobody has to be told"),
    "dropped": Label("{id}：已从清单移除，不再尝试", "{id}: taken off the list, not tried again"),
    "unknown": Label(
        "{id}：清单里没有这个编号 → 用 paidan dead 查看", "{id}: no dead letter has this id → see paidan dead"
    ),
    "dry": Label("试算：没有改动任何内容", "dry run: nothing was changed"),
    "who": Label("请写明 --by 和 --why", "say who and why: --by NAME --why TEXT"),
}
FINE = frozenset({"again", "over", "dropped"})


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@click.option("--drop", is_flag=True, help="Take them off the list instead of trying them again.")
@options.by(required=False)
@options.documents
@options.connectors
@options.language
def retry(
    ids: tuple[str, ...],
    dry_run: bool,
    drop: bool,
    who: str | None,
    why: str | None,
    mappings: Path,
    connectors: Path,
    language: Language,
) -> None:
    """Try the dead letters ID… again; ``paidan dead`` lists them.

    A refused write: its ticket is read, decided afresh and written. A message: it is sent again, to whoever
    is on duty now where there was nobody. An unreadable webhook: read again by the connector as it is now.
    Exit 1 where one could not be brought back.
    """
    if not dry_run and not (who and why):
        click.echo(TEXTS["who"].say(language), err=True)
        raise SystemExit(2)
    settings = settings_for(language).model_copy(update={"mappings": mappings, "connectors": connectors})
    try:
        desks = {} if drop else Desks(settings, os.environ)()
    except DocumentsInvalid as error:
        give_up(as_text(error.problems, {}, language, f"{mappings.name}/"))
    with casebook(language) as database:
        letters, unknown = chosen(database, ids)
        act = Retry(database, desks, By(who or "", why or ""), dry=dry_run)
        came = [(act.drop if drop else act)(letter) for letter in letters]
    for each in came:
        click.echo(_said(each, language), err=each.came not in FINE)
    for one in unknown:
        click.echo(TEXTS["unknown"].say(language).format(id=one), err=True)
    if dry_run:
        click.echo(TEXTS["dry"].say(language))
    raise SystemExit(1 if unknown or any(each.came not in FINE for each in came) else 0)


def _said(each: Retried, language: Language) -> str:
    letter = each.letter
    code = f"again-{letter.kind}" if each.came == "again" else each.came
    return (
        TEXTS[code]
        .say(language)
        .format(
            id=letter.id,
            desk=letter.desk,
            detail=each.detail or "–",
            what=to_be_done(letter, language),
            why=told({"code": each.detail}, letter.desk, language) if each.came == "still" else "",
        )
    )
