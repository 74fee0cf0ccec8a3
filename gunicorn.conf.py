"""The production server. HOST, PORT, WEB_CONCURRENCY and WEB_THREADS come from the environment."""

import multiprocessing
import signal
import subprocess
import sys
from typing import Any

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


def on_starting(_server: Any) -> None:
    """Refuse to start without what the application needs.

    Asked in a process of its own, so that the workers inherit nothing of it; and once, so that a worker that is
    renewed during a short outage of a service does not take the whole server down.
    """
    question = "import legalcity.wsgi, legalcity.lib.startup as startup; startup.main()"
    asked = subprocess.run([sys.executable, "-c", question], check=False)  # noqa: S603
    if asked.returncode:
        sys.exit(asked.returncode)


def post_worker_init(worker: Any) -> None:
    """Say how many threads the server has, which bounds how many requests may wait for workers, how many may stand in
    line for a thread, and what the others are told; start the embedded default's clock.

    And leave Ctrl-C to the master, who tells the workers: told twice at once, a worker can lock itself up.
    """
    from django.apps import apps  # Here, because the application is loaded by now.

    from legalcity.lib.places import server_has

    server_has(threads=worker.cfg.workers * worker.cfg.threads)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    worker.may_wait = line
    if apps.ready:  # The benchmarks serve a bare application by this file too.
        from legalcity.api.system import busy_answer
        from legalcity.lib import embedded_clock
        from legalcity.lib.metrics.requests import count_refusal

        worker.refusals, worker.is_told = (busy_answer("/api/"), busy_answer("/")), count_refusal
        embedded_clock.start()
