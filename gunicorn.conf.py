"""The production server. HOST, PORT, WEB_CONCURRENCY and WEB_THREADS come from the environment."""

import gc
import multiprocessing
import signal
import sys
from importlib import import_module
from typing import Any

from django.conf import settings

from legalcity.lib import startup
from legalcity.lib.settings.environment import Environment
from legalcity.lib.startup import refusing

with refusing():
    env = Environment()
    bind = f"{env.listening()}:{env.number('PORT', default=8000, least=1, most=65535)}"
    # Without Redis each process would count rate limits for itself.
    is_alone = not env.text("REDIS_URL")
    usual = 1 if is_alone else multiprocessing.cpu_count() + 1
    workers = env.number("WEB_CONCURRENCY", default=usual, least=1, most=1 if is_alone else 1000)
    threads = env.number("WEB_THREADS", default=8 if is_alone else 4, least=1, most=1000)
    line = env.number("WEB_LINE", default=16 * threads, least=1, most=100_000)
worker_class = "legalcity.lib.web.gunicorn_worker.AttentiveWorker"
timeout = 60
graceful_timeout = 30
keepalive = 20
# A worker is renewed now and then, not all at once: what leaks does not pile up.
max_requests = 20_000
max_requests_jitter = 4_000
limit_request_line = 8190
# Requests are logged by the application, with their id and without personal data.
accesslog = None
# No door beside the port: the server is steered by signals.
control_socket_disable = True


def _is_ours(app: Any) -> bool:
    """Whether the product is served: the benchmarks serve other applications by this file too."""
    return bool(app.app_uri.startswith("legalcity.wsgi"))


def on_starting(server: Any) -> None:
    """Load the application and refuse to start without what it needs, before the port opens.

    Workers are forked from what is loaded: they answer at once, also one that takes the place of another, and share its
    memory. Services are asked by a child that ends, so that workers inherit no connection; and once, so that a worker
    that is renewed during a short outage does not take the whole server down.
    """
    if not _is_ours(server.app):
        return
    gc.disable()  # A sixth of loading was looking through what only grows.
    import legalcity.wsgi  # noqa: F401 - here, because the environment was looked at by now

    asked = multiprocessing.get_context("fork").Process(target=startup.main)
    asked.start()
    asked.join()
    if asked.exitcode:
        sys.exit(asked.exitcode)
    import_module(settings.ROOT_URLCONF)  # and with it every view
    gc.collect()
    gc.freeze()  # What all have is left alone, and so stays one in memory.
    gc.enable()


def post_worker_init(worker: Any) -> None:
    """Say how many threads the server has, which bounds how many requests may wait for workers, how many may stand in
    line for a thread, and what the others are told; start the embedded default's clock.

    And leave Ctrl-C to the master, who tells the workers: told twice at once, a worker can lock itself up.
    """
    from legalcity.lib.places import server_has  # Here, because the application is loaded by now.

    server_has(threads=worker.cfg.workers * worker.cfg.threads)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    worker.may_wait = line
    if _is_ours(worker.app):
        from legalcity.api.system import busy_answer
        from legalcity.lib import embedded_clock
        from legalcity.lib.metrics.requests import count_refusal

        worker.refusals, worker.is_told = (busy_answer("/api/"), busy_answer("/")), count_refusal
        embedded_clock.start()
