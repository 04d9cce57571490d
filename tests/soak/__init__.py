"""A ceremony that lasts for hours, while something fails every two minutes: make soak MINUTES=360.

Two workers on PostgreSQL and Redis, where these are installed, and five hundred light pages; or one server on SQLite
(--workers 1). Each second it is looked at what every page holds and shows (checks.py); what fails is in faults.py.
"""
