"""Attempts to break what is built in and not configuration."""
