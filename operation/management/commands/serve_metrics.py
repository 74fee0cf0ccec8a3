"""`manage.py serve_metrics`: `/metrics` for Prometheus, on a port of its own."""

import signal
from argparse import ArgumentParser
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from prometheus_client import start_http_server

from operation.metrics_server import figures


class Command(BaseCommand):
    """Ends on SIGTERM or Ctrl-C."""

    help = "Show the figures of this machine and of the database for Prometheus."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen."""
        parser.add_argument("--host", default=settings.METRICS_HOST)
        parser.add_argument("--port", type=int, default=settings.METRICS_PORT)

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until told to stop."""
        told = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: told.set())
        try:
            server, thread = start_http_server(options["port"], options["host"], registry=figures())
        except OSError as error:
            raise CommandError(f"port {options['port']} of {options['host']} cannot be had: {error.strerror}") from None
        self.stdout.write(f"figures at http://{options['host']}:{options['port']}/metrics")
        told.wait()
        server.shutdown()
        server.server_close()
        thread.join()
