"""Attacks on a real server, each file named after its threat."""
