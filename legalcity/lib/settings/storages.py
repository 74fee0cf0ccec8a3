"""Where files are kept: the pages' own, and the documents of cases, in a private folder or a bucket."""

from pathlib import Path
from typing import Any

from legalcity.lib.settings.environment import Environment

PART = 1024 * 1024  # bytes of an object that are kept in memory; a larger one goes through a temporary file
PRIVATE = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}


def storages_of(env: Environment, *, bucket: str, documents: Path) -> dict[str, dict[str, Any]]:
    """Django's STORAGES; `documents` is the folder that is used where there is no `bucket`."""
    pages = "django.contrib.staticfiles.storage.StaticFilesStorage"
    return {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {
            "BACKEND": pages if env.embedded else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        },
        "documents": _in_bucket(env, bucket) if bucket else _on_disk(documents),
    }


def _on_disk(folder: Path) -> dict[str, Any]:
    return {"BACKEND": "documents.disk.SyncedStorage", "OPTIONS": {"location": folder, "base_url": None, **PRIVATE}}


def _in_bucket(env: Environment, bucket: str) -> dict[str, Any]:
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": env.text("S3_ENDPOINT_URL") or None,
            "region_name": env.text("S3_REGION") or None,
            "access_key": env.text("S3_ACCESS_KEY") or None,
            "secret_key": env.text("S3_SECRET_KEY") or None,
            "location": "documents",
            "default_acl": None,
            "file_overwrite": True,
            "querystring_auth": True,
            "querystring_expire": 60,
            "signature_version": "s3v4",
            "max_memory_size": PART,
        },
    }
