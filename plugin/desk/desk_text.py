"""A proposed desk file as the text a person reads, keeps and goes on writing. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from plugin.core.label import Label
from plugin.desk.gap import Gap
from plugin.desk.proposal import Proposal
from plugin.documents.yaml_edit import quoted, scalar

_WORDS: Mapping[str, Label] = {
    "head": Label(
        "由 paidan connect 生成；改完用 paidan check 检查。observe 只判断、只显示；"
        "认可之后改为 propose（由人确认），再改为 act。",
        "Written by paidan connect; check what you change with paidan check. observe decides and shows; "
        "then propose (a person confirms), then act.",
    ),
    "open": Label("没有足够相近的名称", "no name is near enough"),
    "near": Label("没有足够相近的名称，可能是：{near}", "no name is near enough, perhaps: {near}"),
    "gaps": Label(
        "尚未填写的项：填到上面对应位置后删除这里的一行；填完之前只能 observe。",
        "Not answered yet: write each above where it belongs and take its line out; until then only observe.",
    ),
    "unset": Label("{target}：工单系统里还没有可写的字段", "{target}: the helpdesk has no field for it yet"),
}


def desk_text(proposal: Proposal, title: str) -> str:
    """The YAML of a desk file; what is not answered stands as a comment and under ``gaps``."""
    return "\n".join(_lines(proposal, title)) + "\n"


def _lines(p: Proposal, title: str) -> Iterator[str]:
    wanted, say = p.wanted, p.wanted.language
    yield f"# {title} · {_WORDS['head'].say(say)}"
    yield "version: 1"
    yield f"connector: {p.connector}"
    yield f"url: {scalar(wanted.url)}"
    if wanted.ca:
        yield f"ca: {scalar(wanted.ca)}"
    if wanted.proxy:
        yield f"proxy: {scalar(wanted.proxy)}"
    if wanted.own_network:
        yield "own_network: true"
    if not wanted.webhook:
        yield "webhook: false"
    yield from _block("secrets", wanted.secrets)
    yield from _block("settings", p.settings)
    yield f"plan: {wanted.plan.id}"
    yield f"rules: {wanted.rules.id}"
    if wanted.calendar:
        yield f"calendar: {wanted.calendar}"
    yield "mode: observe"
    yield f"language: {say}"
    yield from _block("groups", p.groups, _open(p.gaps, "groups.", say), needed=True)
    yield from _write(p, say)
    if p.words:
        yield "words:"
        for target, words in p.words.items():
            yield from (f"  {line}" for line in _block(target, words))
    if p.fields:
        yield "fields:"
        yield from (f"  {name}: {{from: {_flow(source)}}}" for name, source in p.fields.items())
    if p.taken:
        yield "events:"
        yield "  ack: {owner: taken}"
    for key, states in (("closed_states", p.closed_states), ("pause_states", p.paused_states)):
        if states:
            yield f"{key}: {_list(states)}"
    if p.gaps:
        yield f"# {_WORDS['gaps'].say(say)}"
        yield "gaps:"
        yield from (f"  {_key(gap.key)}: {_list(gap.near)}" for gap in p.gaps)


def _write(p: Proposal, say: str) -> Iterator[str]:
    lines = [*_targets(p), *_open(p.gaps, "write.", say)]
    lines += [f"  # {_WORDS['unset'].say(say).format(target=target)}" for target in p.unset]
    if any(not line.lstrip().startswith("#") for line in lines):
        yield "write:"
    yield from lines


def _targets(p: Proposal) -> Iterator[str]:
    for target, name in p.targets.items():
        if target == "level" and name is None and p.level_values:
            yield f"  level: {{values: {_map(p.level_values)}}}"
        elif name is None:
            yield f"  {target}: true"
        elif target == "level" and p.level_values:
            yield f"  level: {{field: {_flow(name)}, values: {_map(p.level_values)}}}"
        else:
            yield f"  {target}: {{field: {_flow(name)}}}"
    if p.priority:
        yield f"  priority: {_map(p.priority)}"
    if p.priority_order:
        yield f"  priority_order: {_list(p.priority_order)}"


def _block(
    name: str, entries: Mapping[str, str], more: Iterable[str] = (), *, needed: bool = False
) -> Iterator[str]:
    comments = list(more)
    if entries:
        yield f"{name}:"
        yield from (f"  {_key(key)}: {_text(value)}" for key, value in entries.items())
    elif needed:
        yield f"{name}: {{}}"
    yield from comments


def _open(gaps: Iterable[Gap], section: str, say: str) -> list[str]:
    """A comment for each gap of a section, where its line would stand."""
    return [
        f"  # {gap.key.removeprefix(section)}: {_near(gap, say)}"
        for gap in gaps
        if gap.key.startswith(section)
    ]


def _near(gap: Gap, say: str) -> str:
    word = _WORDS["near" if gap.near else "open"].say(say)
    return word.format(near=" · ".join(map(scalar, gap.near)))


def _text(value: str) -> str:
    """A value that stays text: a number or a date in quotes."""
    written = scalar(value)
    looks_like_more = value[:1].isdigit() or value[:1] in "+-." or value.casefold() in _MORE_THAN_TEXT
    return quoted(value) if written == value and looks_like_more else written


_MORE_THAN_TEXT = frozenset(("yes", "no", "y", "n", "on", "off", "none", "~"))
_flow = _text
_key = _text


def _map(entries: Mapping[str, str]) -> str:
    return f"{{{', '.join(f'{_flow(key)}: {_flow(value)}' for key, value in entries.items())}}}"


def _list(items: Iterable[str]) -> str:
    return f"[{', '.join(_flow(each) for each in items)}]"
