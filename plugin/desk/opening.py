"""From a desk file and its connector to a helpdesk that can be called; the secrets get their values here."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from plugin.core.place import Place
from plugin.desk.connector import Connector
from plugin.desk.descriptor import Descriptor
from plugin.desk.inbound import active_checks
from plugin.desk.installation import Installation, MatterField
from plugin.desk.paths import variables
from plugin.desk.secret_values import Found, look_up
from plugin.desk.signing import Address
from plugin.documents.addresses import fault_of_proxy
from plugin.documents.desks import Desk, Product
from plugin.documents.hearing import is_polled
from plugin.documents.problems import Problems
from plugin.documents.secret_names import is_secret_name
from plugin.errors import DocumentsInvalid


def product(descriptor: Descriptor) -> Product:
    """What a desk file for this connector is checked against."""
    return Product(
        name=descriptor.title,
        settings=tuple(each.name for each in descriptor.settings if not each.secret),
        secrets=descriptor.secrets,
        required=_required(descriptor),
        of_hooks=_of_hooks(descriptor),
        sends=bool(descriptor.receive.checks),
        every=descriptor.changed.every if descriptor.changed else None,
        poll_every=descriptor.changed.poll_every if descriptor.changed else 60,
        networks=tuple(check.setting for check in _addresses(descriptor)),
        targets=tuple(descriptor.targets),
        needs_field=tuple(name for name, shape in descriptor.targets.items() if shape.needs_field),
        priorities=descriptor.priorities,
        notes=descriptor.note is not None,
        due_by_day="due" in descriptor.targets and descriptor.targets["due"].is_by_day,
        due_by_minute="due" in descriptor.targets and descriptor.targets["due"].is_by_minute,
    )


def _required(descriptor: Descriptor) -> tuple[str, ...]:
    """What a desk must give: what the product says, and networks that are always looked at."""
    said = [each.name for each in descriptor.settings if each.required]
    always = [c.setting for c in _addresses(descriptor) if c.setting not in descriptor.receive.optional]
    return tuple(dict.fromkeys([*said, *always]))


def _of_hooks(descriptor: Descriptor) -> tuple[str, ...]:
    """What no request to the helpdesk speaks of, only the proof of a webhook."""
    receive, asked = descriptor.receive, set(_variables(asdict(descriptor.api)))
    named = [c.setting if isinstance(c, Address) else c.secret for c in receive.checks]
    named += [receive.challenge.secret] if receive.challenge and receive.challenge.secret else []
    return tuple(name for name in dict.fromkeys(named) if f"secret.{name}" not in asked)


def _variables(value: Any) -> Iterator[str]:
    """Every ``${…}`` in the texts below."""
    if isinstance(value, str):
        yield from variables(value)
    elif isinstance(value, Mapping):
        yield from _variables([*value, *value.values()])
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from _variables(each)


def _addresses(descriptor: Descriptor) -> list[Address]:
    return [check for check in descriptor.receive.checks if isinstance(check, Address)]


def open_desk(
    descriptor: Descriptor, desk: Desk, environ: Mapping[str, str], warned: Problems | None = None
) -> Connector:
    """The helpdesk of a desk file; raises ``DocumentsInvalid`` where a secret it needs has no value.

    What works but is surely not meant is added to ``warned``.
    """
    problems = Problems()
    made = installation(descriptor, desk, environ, problems)
    if not is_polled(desk, product(descriptor)):
        _check_hooks(descriptor, desk, made, problems)
    if problems.has_errors:
        raise DocumentsInvalid(tuple(problems))
    if warned is not None:
        warned.extend(problems)
    return Connector(descriptor, made)


def _check_hooks(descriptor: Descriptor, desk: Desk, made: Installation, problems: Problems) -> None:
    """no-check: nothing secret tells a genuine webhook at this desk."""
    checks = active_checks(descriptor.receive, made)
    if all(isinstance(check, Address) for check in checks):
        secrets = tuple(check.secret for check in descriptor.receive.secret_checks)
        problems.add("no-check", desk.at("secrets"), choices=secrets)


def installation(
    descriptor: Descriptor, desk: Desk, environ: Mapping[str, str], problems: Problems
) -> Installation:
    """The connection part of a desk file, secrets read from the environment or from files."""
    secrets = {
        name: _values(name, names, desk.at(f"secrets.{name}"), environ, problems)
        for name, names in desk.secrets.items()
    }
    defaults = {each.name: each.default for each in descriptor.settings if each.default is not None}
    _check_ca(desk, problems)
    return Installation(
        desk=desk.id,
        url=desk.url,
        secrets=secrets,
        secret_names=desk.secrets,
        settings={**defaults, **desk.settings},
        targets=desk.targets,
        words=desk.words,
        fields={name: MatterField(f.source, f.words, f.default) for name, f in desk.fields.items()},
        closed_states=desk.closed_states,
        paused_states=desk.paused_states,
        scene_staff=desk.scene_staff,
        ca=desk.ca,
        proxy=_proxy(desk, environ, problems),
        own_network=desk.own_network,
        hears=desk.webhook,
    )


def _values(
    name: str, references: tuple[str, ...], at: Place, environ: Mapping[str, str], problems: Problems
) -> tuple[str, ...]:
    return tuple(
        found.value for each in references if (found := _found(name, each, at, environ, problems)).value
    )


def _found(name: str, reference: str, at: Place, environ: Mapping[str, str], problems: Problems) -> Found:
    found = look_up(reference, environ)
    if found.fault:
        problems.add("secret-unreadable", at, given=name, where=reference, why=found.fault)
    elif not found.value:
        problems.add("secret-unset", at, given=name, where=reference)
    elif not found.is_one_line:
        problems.add("secret-lines", at, given=name, where=reference)
    if found.is_open:
        problems.warn("secret-open", at, given=name, where=reference)
    return found


def _proxy(desk: Desk, environ: Mapping[str, str], problems: Problems) -> str | None:
    """The proxy's address with its login; where it stands in a secret it is read here."""
    if desk.proxy is None or not is_secret_name(desk.proxy):
        return desk.proxy
    value = _found("proxy", desk.proxy, desk.at("proxy"), environ, problems).value
    if value and fault_of_proxy(value):
        problems.add("bad-proxy", desk.at("proxy"))
    return value or None


def _check_ca(desk: Desk, problems: Problems) -> None:
    """A file of certificates that cannot be used is told at its line, not at the first call."""
    if desk.ca is None:
        return
    try:
        ssl.create_default_context(cafile=desk.ca)
    except ssl.SSLError:
        problems.add("bad-ca", desk.at("ca"), given=desk.ca, why="no PEM certificate")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        problems.add("bad-ca", desk.at("ca"), given=desk.ca, why=why)
