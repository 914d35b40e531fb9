"""A table with lines above and below it: in colour on a terminal, plain where it is piped."""

from __future__ import annotations

from collections.abc import Iterable

import click
from rich.console import Console, RenderableType
from rich.table import Table

PIPED_WIDTH = 160


def print_table(
    above: Iterable[RenderableType], table: Table | None, below: Iterable[RenderableType]
) -> None:
    """Print them in order; a missing table leaves its place empty."""
    parts = [*above, *(() if table is None else (table,)), *below]
    console = Console(highlight=False)
    if console.is_terminal:
        for part in parts:
            console.print(part, markup=False)
        return
    plain = Console(highlight=False, width=PIPED_WIDTH, no_color=True)
    with plain.capture() as captured:
        for part in parts:
            plain.print(part, markup=False, soft_wrap=isinstance(part, str))
    click.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))
