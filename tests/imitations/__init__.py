"""Products as their vendors document them, each a small server, and the whole line run against each."""

from __future__ import annotations

from collections.abc import Callable

from tests.imitations.chatwoot import Chatwoot
from tests.imitations.frame import Imitation
from tests.imitations.frappe_helpdesk import FrappeHelpdesk
from tests.imitations.freescout import FreeScout
from tests.imitations.freshdesk import Freshdesk
from tests.imitations.gitlab import Gitlab
from tests.imitations.glpi import Glpi10
from tests.imitations.glpi11 import Glpi11
from tests.imitations.itop import Itop
from tests.imitations.jira import DataCenter, Jira
from tests.imitations.servicenow import ServiceNow
from tests.imitations.zammad import Zammad
from tests.imitations.zendesk import Zendesk
from tests.imitations.znuny import Znuny

PRODUCTS: dict[str, Callable[[], Imitation]] = {
    "freshdesk": Freshdesk,
    "jira": Jira,
    "jira-dc": DataCenter,
    "servicenow": ServiceNow,
    "zammad": Zammad,
    "zendesk": Zendesk,
    "glpi-10": Glpi10,
    "glpi-11": Glpi11,
    "gitlab": Gitlab,
    "znuny": Znuny,
    "frappe-helpdesk": FrappeHelpdesk,
    "itop": Itop,
    "chatwoot": Chatwoot,
    "freescout": FreeScout,
}
"""name of a run → what makes its product"""
