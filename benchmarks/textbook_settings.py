"""Settings of the textbook comparison: the product's tables, the framework's defaults for all else.

Connections are kept open, as production's are; server-side binding, the product's middleware, authentication, limits
and renderer are not there.
"""

from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from legalcity.settings import *  # noqa: F403 - a settings module builds upon another one this way
from legalcity.settings import CACHES, DATABASES, JWT_PRIVATE_KEYS, SIMPLE_JWT

_key = load_pem_private_key(Path(JWT_PRIVATE_KEYS[0]).read_bytes(), None)

ROOT_URLCONF = "textbook"
DATABASES = {
    "default": {**DATABASES["default"], "ENGINE": "django.db.backends.postgresql", "OPTIONS": {}, "CONN_MAX_AGE": 600}
}
CACHES = {"default": {**CACHES["default"], "KEY_PREFIX": "legalcity-textbook"}}
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "DEFAULT_FILTER_BACKENDS": ["rest_framework.filters.OrderingFilter"],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "1000/second"},
    "PAGE_SIZE": 15,
}
SIMPLE_JWT = {
    **SIMPLE_JWT,
    "VERIFYING_KEY": _key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
}
