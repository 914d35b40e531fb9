"""Products as their vendors document them, each a small server, and the whole line run against each."""

from __future__ import annotations

from collections.abc import Callable

from tests.imitations.frame import Imitation
from tests.imitations.gitlab import Gitlab
from tests.imitations.glpi import Glpi10
from tests.imitations.glpi11 import Glpi11
from tests.imitations.zammad import Zammad

PRODUCTS: dict[str, Callable[[], Imitation]] = {
    "zammad": Zammad,
    "glpi-10": Glpi10,
    "glpi-11": Glpi11,
    "gitlab": Gitlab,
}
"""name of a run → what makes its product"""
