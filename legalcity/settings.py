"""Django's settings. Everything that differs between machines comes from the environment (docs/ops.md).

EMBEDDED=1 is the embedded default: SQLite, a local-memory cache, tasks in the process, made-up secrets. Without it a
missing secret or an unsafe value is refused here, an unreachable service when a server starts.
"""

import os
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from legalcity.lib import logs, queues
from legalcity.lib.error_reports import report_to
from legalcity.lib.settings import groups, kinds, system
from legalcity.lib.settings.carriers import carriers_of
from legalcity.lib.settings.databases import databases_of
from legalcity.lib.settings.environment import Environment, is_kept_apart, is_random
from legalcity.lib.settings.storages import storages_of
from legalcity.lib.settings.stores import caches_of

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

# --- the process -----------------------------------------------------------------------------------------------
DEBUG, EMBEDDED = env.debug, env.embedded
CHECK_EVENTS = DEBUG  # Whether what events tell is compared with what their type declares.
DATA_DIR = env.folder("DATA_DIR", BASE_DIR / "var")
os.umask(0o077)  # What a process of ours writes is for its own user: the database, files, keys, logs.
SECRET_KEY = env.required(
    "SECRET_KEY",
    env.text("SECRET_KEY", "embedded-development-key" if EMBEDDED else ""),
    "set it to 50 random characters or more (python -c 'import secrets; print(secrets.token_urlsafe(50))').",
    safe=lambda key: is_random(key, least=50),
)
ENCRYPTION_KEYS = env.required(
    "ENCRYPTION_KEYS",
    env.items("ENCRYPTION_KEYS", [SECRET_KEY] if EMBEDDED else []),
    "set it to one or more random strings of 32 characters or more; the first encrypts, all decrypt.",
    safe=lambda keys: bool(keys) and all(is_random(key, least=32) for key in keys),
)
ALLOWED_HOSTS = env.required(
    "ALLOWED_HOSTS",
    env.hosts("ALLOWED_HOSTS", ["*"] if EMBEDDED else []),
    "name the hosts that this server answers for, comma between.",
    safe=lambda hosts: bool(hosts) and "*" not in hosts,
)
PUBLIC_BASE_URL = env.required(
    "PUBLIC_BASE_URL",
    (env.url("PUBLIC_BASE_URL", schemes=("http", "https")) or "http://127.0.0.1:8000" * EMBEDDED).rstrip("/"),
    "set it to the address under which the public reaches this server, such as https://api.example.fr.",
    safe=lambda address: address.startswith("https://"),
)
# Whom somebody tells who has found a weakness: an e-mail, or the https address of a page.
SECURITY_CONTACT = env.text("SECURITY_CONTACT", "amine@legalcity.fr")
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", default=0, most=10)
RATE_LIMITS_ENABLED = env.flag("RATE_LIMITS_ENABLED", default=True)
WAITING_REQUESTS = env.number("WAITING_REQUESTS", default=0, most=10_000)  # at a time; 0: half of the threads
# Figures for who watches (`manage.py serve_metrics`). The embedded default keeps none, unless a folder is named.
METRICS_DIR = env.folder("METRICS_DIR", DATA_DIR / "metrics") if env.text("METRICS_DIR") or not EMBEDDED else None
METRICS_HOST = env.text("METRICS_HOST", "127.0.0.1")
METRICS_PORT = env.number("METRICS_PORT", default=9108, least=1, most=65_535)
MAX_BODY_BYTES = env.number("MAX_BODY_BYTES", default=5 * 1024 * 1024, least=10_000)
WSGI_APPLICATION = "legalcity.wsgi.application"
ROOT_URLCONF = "legalcity.urls"

# --- applications ----------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "backoffice.apps.SiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "constance",
    "simple_history",
    "rest_framework",
    "django_filters",
    "django_ratelimit",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "drf_spectacular",
    "accounts",
    "backoffice.apps.BackofficeConfig",
    "events",
    "companies",
    "invoicing",
    "documents",
    "scoring",
    "recoveries",
    "demo",
    "operation",
]
MIDDLEWARE = [
    "legalcity.lib.web.request_log.RequestLog",
    "legalcity.lib.metrics.requests.RequestMetrics",
    "legalcity.api.middleware.Language",
    "simple_history.middleware.HistoryRequestMiddleware",
    "legalcity.api.middleware.ApiDoor",
    "django.middleware.security.SecurityMiddleware",
    "legalcity.lib.web.page_middleware.PermissionsPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "legalcity.lib.web.page_middleware.Sessions",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "backoffice.middleware.StaffPages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "axes.middleware.AxesMiddleware",
    "legalcity.lib.web.page_middleware.Landing",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- database, cache, queue ------------------------------------------------------------------------------------
DATABASE_URL = env.required(
    "DATABASE_URL",
    env.text("DATABASE_URL"),
    "set it to postgres://user:password@host:5432/name.",
    safe=lambda url: url.startswith("postgres"),
)
DATABASES = databases_of(env, data_dir=DATA_DIR, ours=BASE_DIR / "var")
DATABASE_ROUTERS = ["legalcity.lib.replica.ReadRouter"] if "replica" in DATABASES else []
DATABASE_REPLICA_LAG = env.number("DATABASE_REPLICA_LAG", default=5, least=1, most=3600)  # seconds
MIGRATION_LOCK_TIMEOUT = env.number("MIGRATION_LOCK_TIMEOUT", default=5, most=3600)  # seconds; 0: as long as it takes
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.required(
    "REDIS_URL",
    env.url("REDIS_URL", schemes=("redis", "rediss")),
    "set it to redis://127.0.0.1:6379/0, or rediss://user:password@host:6379/0 where it is on another machine; rate "
    "limits and caches must be one for all processes.",
    safe=lambda url: bool(url) and is_kept_apart(url),
)
CACHES = caches_of(REDIS_URL)
# django-ratelimit knows its stores by name, not ours; without Redis each process counts for itself (E003).
SILENCED_SYSTEM_CHECKS = ["django_ratelimit.W001"] + ([] if REDIS_URL else ["django_ratelimit.E003"])
RATELIMIT_USE_CACHE = "limits"
RATELIMIT_FAIL_OPEN = True

CELERY_BROKER_URL = env.required(
    "CELERY_BROKER_URL",
    env.text("CELERY_BROKER_URL") or REDIS_URL,
    "a Redis on another machine is reached by rediss://user:password@host:6379/0.",
    safe=is_kept_apart,
)
CELERY_TASK_ALWAYS_EAGER = not CELERY_BROKER_URL
CELERY_TASK_EAGER_PROPAGATES = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A worker that is told nothing serves them all.
CELERY_TASK_QUEUES = [Queue(name) for name in queues.PURPOSES]
CELERY_TASK_DEFAULT_QUEUE = queues.CRITICAL
CELERY_TASK_ROUTES = ["documents.services.fetching.queue_of", queues.ROUTES]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # A worker waits for its broker as long as it takes.
# What leaks or hangs in a child process ends with it.
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 500_000  # KiB
CELERY_TASK_TIME_LIMIT = queues.PURPOSES[queues.CRITICAL].seconds
CELERY_TASK_ANNOTATIONS = queues.LIMITS
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Who queues a task gives a broker that hangs up soon: the sweeps find it. Workers wait longer (celery.py).
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A worker that was killed leaves its task to another after this time.
    "visibility_timeout": env.number("CELERY_VISIBILITY_TIMEOUT", default=600, least=1, most=86_400),  # seconds
    "socket_connect_timeout": 1,
    "socket_timeout": 1,
    "max_retries": 0,
}
CELERY_TIMEZONE = "Europe/Paris"
if REDIS_URL:  # Several clocks know of each other there.
    CELERY_BEAT_SCHEDULER = "legalcity.lib.shared_clock:SharedClock"

# --- e-mail ----------------------------------------------------------------------------------------------------
# Without a mail server development writes files; production asks one on this machine, and failures are seen there.
_mail = env.email("EMAIL_URL")
_way = "django.core.mail.backends.filebased" if EMBEDDED and not _mail else "legalcity.lib.emails.smtp"
EMAIL_BACKEND = f"{_way}.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "emails"
EMAIL_HOST, EMAIL_PORT = _mail.get("EMAIL_HOST", "localhost"), _mail.get("EMAIL_PORT", 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_USER") or "", _mail.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.get("EMAIL_USE_TLS", False), _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = env.number("EMAIL_TIMEOUT", default=20, least=1, most=300)  # seconds
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "LegalCity <noreply@localhost>")
EMAIL_DOMAIN = env.text("EMAIL_DOMAIN", parseaddr(DEFAULT_FROM_EMAIL)[1].rpartition("@")[2])  # of Message-ID
# What comes back: bounces and answers, each to an address of its own (user+token@). Nothing is read where none is set.
BOUNCE_MAILBOX = env.mailbox("BOUNCE_MAILBOX")
REPLY_MAILBOX = env.mailbox("REPLY_MAILBOX")

# --- carriers of letters ---------------------------------------------------------------------------------------
(REGISTERED_CARRIER, ELECTRONIC_CARRIER, SMS_CARRIER, SMS_FILE_PATH, MAILEVA, ELECTRONIC, SMSMODE, HOOKS) = carriers_of(
    env, DATA_DIR
)

# --- documents -------------------------------------------------------------------------------------------------
# The private storage: a folder that no web server serves, or a bucket (S3_BUCKET).
DOCUMENTS_DIR = env.folder("DOCUMENTS_DIR", DATA_DIR / "documents")
S3_BUCKET = env.text("S3_BUCKET")
CLAMD_URL = env.url("CLAMD_URL", schemes=("tcp", "unix"))
CLAMD_TIMEOUT = env.number("CLAMD_TIMEOUT", default=60, least=1, most=600)  # seconds
# What `manage.py backup` encrypts a copy with, and `restore` opens it.
BACKUP_KEY = env.text("BACKUP_KEY")
if BACKUP_KEY and not is_random(BACKUP_KEY, least=32):
    raise ImproperlyConfigured("BACKUP_KEY is not safe: set it to a random string of 32 characters or more.")
FETCH_PORTS = env.numbers("FETCH_PORTS", {80, 443}, most=65_535)

# --- webhooks --------------------------------------------------------------------------------------------------
# Clients' addresses are reached by https, on these ports, where the public is. Both exceptions are for developing.
WEBHOOK_PORTS = env.numbers("WEBHOOK_PORTS", {80, 443} if DEBUG else {443}, most=65_535)
WEBHOOK_PLAIN_HTTP = env.for_developing("WEBHOOK_PLAIN_HTTP", default=DEBUG)
WEBHOOK_LOOPBACK = env.for_developing("WEBHOOK_LOOPBACK", default=False)
# How many processes of the workers send webhooks at the same time (places of each: events/webhooks/lanes.py).
WEBHOOK_RUNS = env.number("WEBHOOK_RUNS", default=2, least=1, most=100)

# --- the firm's own invoices -----------------------------------------------------------------------------------
# Whether an invoice waits until the system settings hold what French law asks an invoice to say of the firm.
FIRM_DETAILS_REQUIRED = env.flag("FIRM_DETAILS_REQUIRED", default=not EMBEDDED)
FIRMS_COOKIE_SECURE = env.flag("FIRMS_COOKIE_SECURE", default=True)
FIRMS_SESSION_HOURS = env.number("FIRMS_SESSION_HOURS", default=8, least=1, most=24 * 30)

# --- demonstration ---------------------------------------------------------------------------------------------
# Whether `seed_demo` may write into this database: it makes staff, and a password for them.
DEMONSTRATION_ALLOWED = env.flag("DEMONSTRATION_ALLOWED", default=EMBEDDED)

# --- scoring: public data of companies -------------------------------------------------------------------------
OPEN_DATA_ENABLED = env.flag("OPEN_DATA_ENABLED", default=False)
RECHERCHE_ENTREPRISES_URL = (
    env.url("RECHERCHE_ENTREPRISES_URL", schemes=("http", "https")) or "https://recherche-entreprises.api.gouv.fr"
).rstrip("/")
BODACC_URL = (env.url("BODACC_URL", schemes=("http", "https")) or "https://bodacc-datadila.opendatasoft.com").rstrip(
    "/"
)
OPEN_DATA_TIMEOUT = env.number("OPEN_DATA_TIMEOUT", default=10, least=1, most=60)  # seconds, for one request
OPEN_DATA_PAUSE = env.number("OPEN_DATA_PAUSE", default=1, most=60)  # seconds before the second try, then twice that
OPEN_DATA_CACHE_SECONDS = env.number("OPEN_DATA_CACHE_SECONDS", default=6 * 3600, most=7 * 86_400)

# --- people and their keys -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("Argon2", "PBKDF2")]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "backoffice.passwords.VariedPasswordValidator"},
]
LOGIN_URL, LOGIN_REDIRECT_URL = "admin:login", "admin:index"
# Wrong passwords are counted for a person at an address; the rate limits count addresses alone.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "backoffice.login_guard.attempt_address"
AXES_USERNAME_CALLABLE = "backoffice.login_guard.attempt_email"
AXES_USERNAME_FORM_FIELD = "username"  # The name under which attempts are looked up before they are tried.
AXES_LOCKOUT_CALLABLE = "backoffice.login_guard.lockout_answer"
AXES_DISABLE_ACCESS_LOG = True  # The audit has it.
AXES_ENABLE_ADMIN = False  # backoffice/admin.py shows attempts without what was sent.
AXES_VERBOSE = False
OTP_TOTP_ISSUER = "LegalCity"
JWT_PRIVATE_KEYS = env.required(
    "JWT_PRIVATE_KEYS",
    env.items("JWT_PRIVATE_KEYS"),
    "name the files of one or more RSA private keys (PEM), comma between; the first signs, all verify "
    "(openssl genrsa -out jwt.pem 2048).",
)
SIMPLE_JWT = {
    "ALGORITHM": "RS256",
    "ACCESS_TOKEN_LIFETIME": timedelta(hours=env.number("JWT_LIFETIME_HOURS", default=24, least=1, most=24 * 365)),
    "AUTH_HEADER_TYPES": ("Bearer",),
}
# How long after a login its tokens are exchanged for fresh ones.
JWT_REFRESH_TIME = timedelta(days=env.number("JWT_REFRESH_DAYS", default=30, least=1, most=3650))

# --- the API ---------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated", "accounts.authentication.KeyAllows"],
    "DEFAULT_RENDERER_CLASSES": ["legalcity.api.envelope.ContractRenderer"],
    "DEFAULT_PARSER_CLASSES": ["legalcity.api.parsing.ContractParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "legalcity.api.envelope.AlwaysJson",
    "DEFAULT_SCHEMA_CLASS": "legalcity.api.schema.ContractSchema",
    "EXCEPTION_HANDLER": "legalcity.api.errors.handle",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "LegalCity Recovery API",
    "DESCRIPTION": "Comprehensive API for legal debt recovery management.",
    "VERSION": "2.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api",
    "POSTPROCESSING_HOOKS": [
        "legalcity.api.openapi.add_published_reference",
        "events.webhooks.document.add_webhooks",
    ],
    "SERVERS": [{"url": PUBLIC_BASE_URL}],
}

# --- system settings -------------------------------------------------------------------------------------------
CONSTANCE_BACKEND = "legalcity.lib.settings.stored.StoredSettings"
CONSTANCE_CONFIG = system.CONFIG
CONSTANCE_ADDITIONAL_FIELDS = kinds.FIELD_TYPES
CONSTANCE_CONFIG_FIELDSETS = groups.FIELDSETS
CONSTANCE_SUPERUSER_ONLY = False  # Roles say who may.

# --- language and time -----------------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Paris"
USE_TZ = True

# --- pages, cookies, headers -----------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.folder("STATIC_DIR", DATA_DIR / "static")  # made by scripts/build_static.py
STATICFILES_DIRS = [BASE_DIR / "legalcity" / "api" / "static"]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = EMBEDDED
STORAGES = storages_of(env, bucket=S3_BUCKET, documents=DOCUMENTS_DIR)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        **{key: ["'self'"] for key in ("default-src", "base-uri", "form-action")},
        **{key: ["'none'"] for key in ("object-src", "frame-ancestors")},
        "img-src": ["'self'", "data:"],
    }
}
IS_HTTPS = PUBLIC_BASE_URL.startswith("https://")
CSRF_FAILURE_VIEW = "backoffice.csrf_page.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 24 * 60 * 60  # The system settings end a session of staff before (backoffice/middleware.py).
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]  # Supervisors ask from inside, without TLS.
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = logs.configure(
    env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
    env.choice("LOG_FORMAT", "JSON", ("JSON", "CONSOLE")).lower(),
)
if SENTRY_DSN := env.url("SENTRY_DSN", schemes=("http", "https")):
    report_to(SENTRY_DSN)
