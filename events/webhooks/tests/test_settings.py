"""What opens webhooks to one's own machine is for developing alone. No database."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from legalcity.lib.settings.environment import Environment


@pytest.mark.parametrize("name", ["WEBHOOK_PLAIN_HTTP", "WEBHOOK_LOOPBACK"])
def test_an_exception_for_developing_is_refused_without_debug(name: str) -> None:
    for production in ({"DEBUG": "0"}, {"EMBEDDED": "1", "DEBUG": "0"}, {}):
        with pytest.raises(ImproperlyConfigured, match=f"{name} is not safe and only DEBUG=1 does with it"):
            Environment({**production, name: "1"}).for_developing(name, default=False)
        assert not Environment({**production, name: "0"}).for_developing(name, default=False)
    assert Environment({"DEBUG": "1", name: "1"}).for_developing(name, default=False)
