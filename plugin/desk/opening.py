"""From a desk file and its connector to a helpdesk that can be called; the secrets get their values here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from plugin.desk.connector import Connector
from plugin.desk.descriptor import Descriptor
from plugin.desk.inbound import active_checks
from plugin.desk.installation import Installation, MatterField
from plugin.desk.signing import Address
from plugin.documents.desks import Desk, Product
from plugin.documents.problems import Problems
from plugin.errors import DocumentsInvalid


def product(descriptor: Descriptor) -> Product:
    """What a desk file for this connector is checked against."""
    return Product(
        name=descriptor.title,
        settings=tuple(each.name for each in descriptor.settings if not each.secret),
        secrets=descriptor.secrets,
        required=_required(descriptor),
        networks=tuple(check.setting for check in _addresses(descriptor)),
        targets=tuple(descriptor.targets),
        needs_field=tuple(name for name, shape in descriptor.targets.items() if shape.needs_field),
        priorities=descriptor.priorities,
        notes=descriptor.note is not None,
        due_by_day="due" in descriptor.targets and descriptor.targets["due"].is_by_day,
    )


def _required(descriptor: Descriptor) -> tuple[str, ...]:
    """What a desk must give: what the product says, and networks that are always looked at."""
    said = [each.name for each in descriptor.settings if each.required]
    always = [c.setting for c in _addresses(descriptor) if c.setting not in descriptor.receive.optional]
    return tuple(dict.fromkeys([*said, *always]))


def _addresses(descriptor: Descriptor) -> list[Address]:
    return [check for check in descriptor.receive.checks if isinstance(check, Address)]


def open_desk(descriptor: Descriptor, desk: Desk, environ: Mapping[str, str]) -> Connector:
    """The helpdesk of a desk file; raises ``DocumentsInvalid`` where a secret it needs has no value."""
    problems = Problems()
    made = installation(descriptor, desk, environ, problems)
    _check_hooks(descriptor, desk, made, problems)
    if problems.has_errors:
        raise DocumentsInvalid(tuple(problems))
    return Connector(descriptor, made)


def _check_hooks(descriptor: Descriptor, desk: Desk, made: Installation, problems: Problems) -> None:
    """no-check: nothing secret tells a genuine webhook at this desk."""
    checks = active_checks(descriptor.receive, made)
    if all(isinstance(check, Address) for check in checks):
        secrets = tuple(c.secret for c in descriptor.receive.checks if not isinstance(c, Address))
        problems.add("no-check", desk.at("secrets"), choices=secrets)


def installation(
    descriptor: Descriptor, desk: Desk, environ: Mapping[str, str], problems: Problems
) -> Installation:
    """The connection part of a desk file, secrets read from the environment or from files."""
    secrets = {name: _values(name, desk, environ, problems) for name in desk.secrets}
    defaults = {each.name: each.default for each in descriptor.settings if each.default is not None}
    return Installation(
        desk=desk.id,
        url=desk.url,
        secrets=secrets,
        settings={**defaults, **desk.settings},
        targets=desk.targets,
        words=desk.words,
        fields={name: MatterField(f.source, f.words, f.default) for name, f in desk.fields.items()},
        closed_states=desk.closed_states,
        paused_states=desk.paused_states,
        scene_staff=desk.scene_staff,
        ca=desk.ca,
        proxy=desk.proxy,
    )


def _values(name: str, desk: Desk, environ: Mapping[str, str], problems: Problems) -> tuple[str, ...]:
    found = []
    for reference in desk.secrets[name]:
        value = secret_value(reference, environ)
        if value:
            found.append(value)
        else:
            problems.add("secret-unset", desk.at(f"secrets.{name}"), given=name, where=reference)
    return tuple(found)


def secret_value(reference: str, environ: Mapping[str, str]) -> str:
    """What a secret's name (``env:NAME``, ``file:/path``) stands for; empty where there is nothing."""
    kind, _, where = reference.partition(":")
    return (environ.get(where, "") if kind == "env" else _from_file(where)).strip()


def _from_file(where: str) -> str:
    try:
        return Path(where).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
