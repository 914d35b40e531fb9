"""The Django site of the demo's helpdesk: runs in its own venv, never imported by Paidan."""
