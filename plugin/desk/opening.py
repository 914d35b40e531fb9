"""From a desk file and its connector to a helpdesk that can be called; the secrets get their values here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from plugin.desk.connector import Connector
from plugin.desk.descriptor import Descriptor
from plugin.desk.inbound import active_checks
from plugin.desk.installation import Installation, MatterField
from plugin.documents.desks import Desk, Product
from plugin.documents.problems import Problems
from plugin.errors import DocumentsInvalid


def product(descriptor: Descriptor) -> Product:
    """What a desk file for this connector is checked against."""
    return Product(
        name=descriptor.title,
        settings=tuple(each.name for each in descriptor.settings if not each.secret),
        secrets=descriptor.secrets,
        required=tuple(each.name for each in descriptor.settings if each.required),
        targets=tuple(descriptor.targets),
        needs_field=tuple(name for name, shape in descriptor.targets.items() if shape.needs_field),
        priorities=descriptor.priorities,
        notes=descriptor.note is not None,
    )


def open_desk(descriptor: Descriptor, desk: Desk, environ: Mapping[str, str]) -> Connector:
    """The helpdesk of a desk file; raises ``DocumentsInvalid`` where a secret it needs has no value."""
    problems = Problems()
    made = installation(descriptor, desk, environ, problems)
    if not active_checks(descriptor.receive, made):
        problems.add(
            "no-check", desk.at("secrets"), choices=tuple(c.secret for c in descriptor.receive.checks)
        )
    if problems.has_errors:
        raise DocumentsInvalid(tuple(problems))
    return Connector(descriptor, made)


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
