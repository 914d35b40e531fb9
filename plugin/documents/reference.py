"""Reference pages made from the tables the program runs by, so that they cannot tell anything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plugin.documents.calendar_keys import CALENDAR
from plugin.documents.desk_keys import DESK
from plugin.documents.manifest import Manifest
from plugin.documents.reader import Choice, Either, Key, ListOf, MapOf, Shape
from plugin.documents.roster_keys import ROSTER
from plugin.documents.rules_keys import RULES
from plugin.documents.wording import TEXTS

_NESTED_MOST = 3


def errors_page(shown: Mapping[str, tuple[str, str]]) -> str:
    """``docs/reference/errors.md``: every code with an example; ``shown``: code → (en, zh)."""
    lines = [
        "# What `paidan check` and `paidan test` say",
        "",
        "Each message ends in a code. The code never changes its meaning.",
        "An *error* keeps the documents from becoming active; a *warning* does not.",
        "",
    ]
    for code in sorted(TEXTS):
        lines += [f"## {code}", "", *_example(code, shown), ""]
    return "\n".join(lines).rstrip() + "\n"


def _example(code: str, shown: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    texts = TEXTS[code]
    if code not in shown:
        yield f"{texts.en}: {texts.en_fix}."
        yield ""
        yield f"{texts.zh}：{texts.zh_fix}。"
        return
    for text in shown[code]:
        yield "```"
        yield first_of(text, code)
        yield "```"


def first_of(text: str, code: str) -> str:
    """The first message with this code out of everything that was shown."""
    messages = text.rstrip("\n").split("\n\n")
    return next((each for each in messages if f"[{code}]" in each), messages[0]).strip("\n")


def mappings_page(plan: Mapping[str, Key]) -> str:
    """``docs/reference/mappings.md``: every setting of every kind of document."""
    kinds = {"plans/": plan, "rules/": RULES, "desks/": DESK, "calendars/": CALENDAR, "rosters/": ROSTER}
    return settings_page("# Every setting of the documents", kinds)


def settings_page(heading: str, kinds: Mapping[str, Mapping[str, Key]]) -> str:
    """A page with a table of every setting of each kind of file."""
    lines = [heading, ""]
    for title, keys in kinds.items():
        lines += [f"## {title}", "", "| setting | value | meaning |", "|---|---|---|", *_rows(keys, ""), ""]
    return "\n".join(lines).rstrip() + "\n"


def environment_page(manifest: Manifest) -> str:
    """``docs/reference/settings.md``: every environment variable, as the manifest tells it."""
    lines = [
        "# Every setting of the environment",
        "",
        "Made from `manifest.yaml`; a desk's own settings stand in its desk file. On the command line:",
        "`paidan manifest show`.",
        "",
        "| setting | unless given | meaning |",
        "|---|---|---|",
    ]
    for each in manifest.settings:
        default = f"`{each.default}`" if each.default else "–"
        secret = " Secret. 保密。" if each.secret else ""
        told = [
            f"**{each.title.en}. {each.title.zh}。**",
            *([each.help.en, each.help.zh] if each.help else []),
        ]
        lines.append(f"| `{each.name}` | {default} | {' '.join(told)}{secret} |")
    return "\n".join(lines) + "\n"


def _rows(keys: Mapping[str, Key], above: str, depth: int = 0) -> Iterator[str]:
    for key in keys.values():
        name = f"{above}{key.name}"
        needed = " (required)" if key.required else ""
        yield f"| `{name}`{needed} | {_value(key.shape)} | {key.en} {key.zh} |"
        inner = _inner(key.shape)
        if inner is not None and depth < _NESTED_MOST:
            yield from _rows(inner, f"{name} → ", depth + 1)


def _inner(shape: Shape) -> Mapping[str, Key] | None:
    match shape:
        case ListOf():
            return _inner(shape.item)
        case MapOf():
            return _inner(shape.value)
        case Either():
            return next((found for each in shape.shapes if (found := _inner(each)) is not None), None)
        case Mapping():
            return shape
    return None


def _value(shape: Shape) -> str:
    match shape:
        case str():
            return shape
        case Choice():
            return " · ".join(f"`{word}`" for word in shape.words)
        case ListOf():
            return f"list of {_value(shape.item)}"
        case MapOf():
            return f"name: {_value(shape.value)}"
        case Either():
            return " or ".join(_value(each) for each in shape.shapes)
    return "block"
