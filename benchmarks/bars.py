"""Bars: a figure against what DESIGN asks of it, one line each."""

from __future__ import annotations


def bar(name: str, figure: float, wanted: float, unit: str, at_most: bool = False) -> bool:
    """Print whether a bar is met; True if so."""
    met = figure <= wanted if at_most else figure >= wanted
    sign = "≤" if at_most else "≥"
    print(f"{'met   ' if met else 'MISSED'}  {name}: {figure:,.2f} {unit} (bar {sign} {wanted:,} {unit})")
    return met
