"""What is published about the products, made of their descriptors: one table, a set-up page of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from plugin.core.effects import Target
from plugin.desk.about_shape import SNIPPET
from plugin.desk.descriptor import VERBS, Descriptor, Receive, TargetShape
from plugin.desk.signing import Basic, Check, Hmac, StaticHeader, UrlToken

NO = "—"
_HEADING = """# Helpdesks

Made from the files in `connectors/`, which are all there is of a product. **Verified**: its tests ran against
the named version, every verb read back from it. *Documented*: written from the vendor's documents and
sources, its samples and failure matrix pass, nobody has run it yet.

How a value is written: *update*: with the others in one request; *alone*: in a request of its own; *steps*:
by requests of its own, such as a row that joins ticket and group; *field*: into a field the desk file names;
*listed*: the helpdesk's live list joins names to its numbers. —: there is no such thing; what is done instead
stands below.
"""
Cell = str


def table_page(products: Sequence[Descriptor]) -> str:
    """``docs/helpdesks.md``: platform × verb × how × maturity, and what each platform lacks."""
    names = ("helpdesk", "connector", "maturity", "hears by", "catches up by", *VERBS)
    rows = [[_linked(each), f"`{each.name}`", _maturity(each), *_cells(each)] for each in products]
    return "\n".join(
        [
            _HEADING,
            *_table(names, rows),
            "",
            "## What they lack, and what is done instead",
            "",
            *_lacks(products),
        ]
    )


def _linked(product: Descriptor) -> Cell:
    return f"[{product.title}](helpdesks/{product.name}.md)"


def _maturity(product: Descriptor) -> Cell:
    told = product.maturity
    if told.level == "documented":
        return "*documented*"
    return f"**verified** {', '.join(told.versions)} ({told.on})"


def _cells(product: Descriptor) -> Iterator[Cell]:
    yield _hears(product.receive)
    yield _catches_up(product)
    for verb in VERBS:
        yield _note(product) if verb == "note" else _written(product, verb)


def _hears(receive: Receive) -> Cell:
    return " or ".join(dict.fromkeys(_check(each) for each in receive.checks)) or NO


def _check(check: Check) -> Cell:
    match check:
        case Hmac():
            return f"webhook, HMAC-{check.algorithm.upper()}"
        case StaticHeader():
            return "webhook, secret header"
        case Basic():
            return "webhook, password"
        case UrlToken():
            return "webhook, secret address"
        case _:
            return "webhook, network"


def _catches_up(product: Descriptor) -> Cell:
    listed = product.changed
    if listed is None:
        return NO
    kind = "all open tickets" if listed.is_whole else "changed tickets"
    return f"list of {kind}, every {max(1, listed.every // 60)} min"


def _written(product: Descriptor, target: Target) -> Cell:
    shape = product.targets.get(target)
    if shape is None:
        return NO
    return ", ".join(
        [_way(shape), *(["field"] if shape.needs_field else []), *(["listed"] if shape.list else [])]
    )


def _way(shape: TargetShape) -> Cell:
    ways = [*(["alone" if shape.alone else "update"] if shape.write is not None else [])]
    return " and ".join([*ways, *(["steps"] if shape.steps else [])])


def _note(product: Descriptor) -> Cell:
    note = product.note
    if note is None:
        return NO
    return f"{note.format}, {'update' if note.is_in_update else 'alone'}"


def _table(names: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    yield f"| {' | '.join(names)} |"
    yield "|" + "---|" * len(names)
    for row in rows:
        yield f"| {' | '.join(' '.join(cell.split()).replace('|', '&#124;') for cell in row)} |"


def _lacks(products: Sequence[Descriptor]) -> Iterator[str]:
    for product in products:
        if not product.cannot:
            continue
        yield f"### {product.title}"
        yield ""
        yield from (f"- `{what}`: {label.en} {label.zh}" for what, label in product.cannot.items())
        yield ""


def setup_page(product: Descriptor) -> str:
    """``docs/helpdesks/<connector>.md``: what to do in the product's own screens, in both languages."""
    settings = [
        [
            f"`{each.name}`",
            f"{each.title.en} / {each.title.zh}",
            "secret" if each.secret else "",
            "yes" if each.required else each.default or "",
            f"{each.help.en} {each.help.zh}" if each.help else "",
            ", ".join(each.scopes),
        ]
        for each in product.settings
    ]
    names = ("setting", "what", "", "needed, or usual value", "where to find it", "rights it needs, no more")
    return "\n".join(
        [
            f"# {product.title}",
            "",
            f"`connector: {product.name}` · {_maturity(product)} · [its documentation]({product.docs}) · "
            "[all helpdesks](../helpdesks.md)",
            "",
            "`paidan connect` asks for these, finds the rest, and shows the steps with your own address.",
            "",
            *_table(names, settings),
            "",
            "## In the helpdesk",
            "",
            _named(product.setup.en),
            "",
            "## 在工单系统中的操作",
            "",
            _named(product.setup.zh),
            "",
            *_snippets(product),
            *_cannot(product),
        ]
    )


def _named(text: str) -> str:
    """The text with the name of each snippet where it is to be pasted."""
    return SNIPPET.sub(lambda hit: f"**{hit.group(1)}** ↓", text).rstrip()


def _snippets(product: Descriptor) -> Iterator[str]:
    if product.about.snippets:
        yield "## To paste / 供粘贴"
        yield ""
        yield "`paidan connect` fills in HOOK_URL and SECRET. `paidan connect` 会填好 HOOK_URL 与 SECRET。"
        yield ""
    for name, text in product.about.snippets.items():
        yield f"**{name}**"
        yield ""
        yield f"```\n{text.rstrip()}\n```"
        yield ""


def _cannot(product: Descriptor) -> Iterator[str]:
    if product.cannot:
        yield "## What it lacks / 产品所缺"
        yield ""
        yield from (f"- {label.en}\n  {label.zh}" for label in product.cannot.values())
        yield ""
