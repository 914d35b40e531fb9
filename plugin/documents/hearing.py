"""How a desk hears of its tickets: told by webhooks, or only by asking, and how often."""

from __future__ import annotations

from plugin.documents.desks import Desk, Product


def is_polled(desk: Desk, product: Product) -> bool:
    """No webhook is taken: changes are asked for, and nothing else tells of a ticket."""
    return not (desk.webhook and product.sends)


def look_every(desk: Desk, product: Product) -> float:
    """Seconds between two looks at what changed: the desk's own, or what suits the product; 0: none."""
    if product.every is None:
        return 0.0
    if desk.look_every is not None:
        return float(desk.look_every)
    return product.poll_every if is_polled(desk, product) else product.every


def unheard_every(desk: Desk, product: Product) -> float:
    """The same while no webhook has come at all: not set up yet, or refused each time; 0: no other pause."""
    told_otherwise = desk.look_every is not None or product.every is None or is_polled(desk, product)
    return 0.0 if told_otherwise else float(min(product.poll_every, product.every or 0))
