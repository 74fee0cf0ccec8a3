"""Resources that live under another one. Rooms below write them; the room that owns the parent mounts them."""

from contextlib import AbstractContextManager
from typing import Any

from legalcity.api.views import ContractView


class NestedView(ContractView):
    """A view that knows that it has a parent, not what the parent is.

    `changes_nothing`: set within `changing`, when what was sent is what is there: then nothing follows.
    """

    changes_nothing = False

    def parent(self) -> Any:
        """The parent in the caller's scope, for reading. Raises NotFound or Forbidden."""
        raise NotImplementedError

    def changing(self) -> AbstractContextManager[Any]:
        """The parent, locked until the block ends, for a change of its children; what follows happens then."""
        raise NotImplementedError
