"""One installation of a product: what its desk file says, with the secrets' values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from plugin.core.effects import Target


@dataclass(frozen=True, slots=True)
class MatterField:
    """A field about the matter: the product's field it comes from, the rules' word for each of its values."""

    source: str
    words: Mapping[str, str] = field(default_factory=dict)
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Installation:
    """The connection part of a desk file. Secrets are in memory only; several of one name are a rotation."""

    desk: str
    url: str
    secrets: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    secret_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Where each of their values stands (``env:X``), in their order, for people to know which is meant."""
    settings: Mapping[str, str] = field(default_factory=dict)
    targets: Mapping[Target, str | None] = field(default_factory=dict)
    """What this desk writes: target → the product's field (None: the product's usual one)."""
    words: Mapping[Target, Mapping[str, str]] = field(default_factory=dict)
    """target → (the product's value → the desk file's word)"""
    fields: Mapping[str, MatterField] = field(default_factory=dict)
    closed_states: frozenset[str] | None = None
    """None: the product's usual ones."""
    paused_states: frozenset[str] | None = None
    scene_staff: frozenset[str] = frozenset()
    """Accounts of staff on the scene, whose words are read too."""
    ca: str | None = None
    """File with the certificate authority of the helpdesk, for TLS inside an organisation."""
    proxy: str | None = field(default=None, repr=False)
    """Address of the proxy, its login inside."""
    own_network: bool = False
    """The helpdesk stands in our own network: its name may lead to a private address."""
    hears: bool = True
    """The desk file lets webhooks in."""

    def secret(self, name: str, turn: int = 0) -> str:
        """The secret to use for calls: the first of its values; empty where there is none.

        ``turn``: that many later one, where the first is not valid any more; where there are fewer, the last.
        """
        values = self.secrets.get(name, ())
        return values[min(turn, len(values) - 1)] if values else ""
