"""Recordings on the disk, and the programs of the system that make films of them."""
