"""The command line looks at what a whole Paidan keeps."""

from __future__ import annotations

from tests.web.conftest import helpdesk, installed

__all__ = ["helpdesk", "installed"]
