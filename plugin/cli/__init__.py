"""The command line, ``paidan``: prints, and exits 0 (fine), 1 (problems found) or 2 (used wrongly)."""
