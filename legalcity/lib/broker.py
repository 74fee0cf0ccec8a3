"""A fault of the library that talks to the queue, kept away from the workers."""

from typing import Any

from kombu.transport.redis import Channel, Transport
from redis.exceptions import ConnectionError as Gone


class ForgivingChannel(Channel):
    """A channel that has been given up says so as a lost connection.

    kombu 5.7 takes a connection apart when Redis goes. A task that ends after that, and the closing of a channel that
    was lost once more while it was made again, still ask it where Redis is: the AttributeError ended the worker. A lost
    connection it makes anew, and what was not acknowledged comes back by the visibility timeout.
    """

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if getattr(self.connection, "client", None) is None:
            raise Gone("the connection of this channel was given up")
        parameters: dict[str, Any] = super()._connparams(asynchronous)  # type: ignore[misc]
        return parameters


def forgive() -> None:
    """Have every connection to Redis made with such channels."""
    Transport.Channel = ForgivingChannel
