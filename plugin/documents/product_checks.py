"""Whether a desk file fits its product: what it gives, what it wants written, how it hears of tickets."""

from __future__ import annotations

from plugin.core.networks import networks
from plugin.documents.desks import Desk, Product
from plugin.documents.hearing import is_polled, look_every
from plugin.documents.problems import Problems
from plugin.documents.suggest import nearest


def product_fits(desk: Desk, product: Product, problems: Problems) -> None:
    """All of it."""
    settings_fit(desk, product, problems)
    networks_fit(desk, product, problems)
    hears_something(desk, product, problems)
    targets_fit(desk, product, problems)
    priorities_fit(desk, product, problems)


def settings_fit(desk: Desk, product: Product, problems: Problems) -> None:
    """unknown-setting, missing-secret: what the connector asks for, and nothing else."""
    needless = product.of_hooks if is_polled(desk, product) else ()
    given_here = {*desk.secrets, *desk.settings, *needless}
    missing = [name for name in product.required if name not in given_here]
    for section, given, known in (
        ("secrets", desk.secrets, product.secrets),
        ("settings", desk.settings, product.settings),
    ):
        for name in given:
            if name in known:
                continue
            problems.add(
                "unknown-setting",
                desk.at(f"{section}.{name}"),
                given=name,
                product=product.name,
                choices=known,
            )
            near = nearest(name, missing)
            missing = [each for each in missing if each != near]
    for name in missing:
        section = "secrets" if name in product.secrets else "settings"
        problems.add("missing-setting", desk.at(section), given=name, where=section, product=product.name)


def networks_fit(desk: Desk, product: Product, problems: Problems) -> None:
    """bad-network: a setting that holds networks holds something else."""
    for name in product.networks:
        try:
            networks(desk.settings.get(name, "0.0.0.0/0"))
        except ValueError:
            problems.add("bad-network", desk.at(f"settings.{name}"), given=desk.settings[name])


def hears_something(desk: Desk, product: Product, problems: Problems) -> None:
    """hears-nothing: webhooks are switched off, or there are none, and nothing is asked either."""
    if is_polled(desk, product) and not look_every(desk, product):
        key = next((each for each in ("webhook", "reconcile") if each in desk.places), "connector")
        problems.add("hears-nothing", desk.at(key), product=product.name)


def targets_fit(desk: Desk, product: Product, problems: Problems) -> None:
    """cannot-write, field-needed: only what the product can take, and where it takes it."""
    for target, name in desk.targets.items():
        at = desk.at("groups" if target == "group" else f"write.{target}")
        if target not in product.targets:
            problems.add("cannot-write", at, given=target, product=product.name, choices=product.targets)
        elif name is None and target in product.needs_field:
            problems.add("field-needed", at, given=target, product=product.name)


def priorities_fit(desk: Desk, product: Product, problems: Problems) -> None:
    """unranked-priority: one that is written, and nothing tells how high it stands."""
    words = desk.words.get("priority", {})
    if not desk.priority_order and (words or not product.priorities):
        return
    known = desk.priority_order or product.priorities
    for level, priority in desk.values.get("priority", {}).items():
        if priority not in known:
            problems.add(
                "unranked-priority",
                desk.at(f"write.priority.{level}"),
                given=priority,
                choices=known,
            )
