"""The production server. PORT, WEB_CONCURRENCY and WEB_THREADS come from the environment."""

import multiprocessing
import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", multiprocessing.cpu_count() + 1))
threads = int(os.environ.get("WEB_THREADS", 4))
worker_class = "gthread"
timeout = 60
graceful_timeout = 30
keepalive = 20
# A worker is renewed now and then, not all at once: what leaks does not pile up.
max_requests = 20_000
max_requests_jitter = 4_000
limit_request_line = 8190
# Requests are logged by the application, with their id and without personal data.
accesslog = None
