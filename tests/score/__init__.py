"""Labelled tickets against the shipped documents: what is agreed, and every disagreement by name."""
