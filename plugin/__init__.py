"""Paidan (派单): places a helpdesk's tickets on an organisation's response plan."""
