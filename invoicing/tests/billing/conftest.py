from collections.abc import Callable

import pytest

from invoicing.tests.billing.papers import FIRM


@pytest.fixture
def firm(system_setting: Callable[..., None]) -> None:
    """The firm's details, as staff enter them."""
    system_setting(**FIRM)
