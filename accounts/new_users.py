"""What a new user of the API may be given besides a key. Rooms above bring it; nobody is imported.

A room registers an option of `manage.py create_api_user` when it is loaded, and what is done for a user who gets it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import User

Give = Callable[[User, Any], object]


@dataclass(frozen=True, slots=True)
class Option:
    """`flag` as it is typed, `reading` as argparse takes it; `give` gets the user and the value, if there is one."""

    flag: str
    give: Give
    reading: dict[str, Any]

    @property
    def name(self) -> str:
        """Under which argparse keeps the value."""
        return self.flag.removeprefix("--").replace("-", "_")


_options: dict[str, Option] = {}


def option_register(flag: str, give: Give, **reading: Any) -> None:
    """Bring an option. What `give` does is undone when it raises; a ValueError is told to who typed the value."""
    _options[flag] = Option(flag, give, reading)


def options() -> Sequence[Option]:
    """All that the rooms have brought, in the order of registration."""
    return tuple(_options.values())
