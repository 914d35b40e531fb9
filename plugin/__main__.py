"""``python -m plugin``: the command line."""

from plugin.cli import main

main()
