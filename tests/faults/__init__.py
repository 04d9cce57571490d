"""Faults that a ceremony must survive, made for real: each file is named after its fault in docs/faults.md.

A real server process in a folder of its own, a crowd of light pages (crowd.py), a few people with whole clients
(tests/live/client.py), pages in a real browser (witness.py), and a real PostgreSQL, proxy or full disk. In every one
the minute of silence goes on: each page is asked again and again what it shows (watch.py), and must show what was
announced, without a jump.

    make test      # the small set: a crowd of 200 at most, within its seconds
    make faults    # all of them (--heavy): crowds of 2,000, dozens of deaths, half a minute without a database

What was measured is told beside its target at the end, and written by `--figures FILE` as JSON. A figure is held with
room for a busy machine (SLACK in figures.py); whether it has met its target is told all the same.
"""
