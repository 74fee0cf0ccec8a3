"""What rooms ask of the database before a process starts (`startup.py`).

Each raises ImproperlyConfigured with a sentence that says what to do. The tables are up to date by then.
"""

from collections.abc import Callable

of_the_database: list[Callable[[], None]] = []
