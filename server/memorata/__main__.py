"""python -m memorata."""

from memorata.cli import main

main()
