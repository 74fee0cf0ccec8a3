from collections.abc import Callable
from typing import Any

from django.db import migrations

from accounts.sealed_factors import key_opened, key_sealed


def each_key(change: Callable[[str], str]) -> Callable[[Any, Any], None]:
    """Write every secret anew. The library's historical model has neither our receivers nor its own methods."""

    def write(apps: Any, schema_editor: Any) -> None:
        devices = apps.get_model("otp_totp", "TOTPDevice").objects.using(schema_editor.connection.alias)
        for pk, key in devices.values_list("pk", "key"):
            devices.filter(pk=pk).update(key=change(key))

    return write


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_origin_of_tokens"),
        ("otp_totp", "0003_add_timestamps"),
    ]

    operations = [migrations.RunPython(each_key(key_sealed), each_key(key_opened))]
