"""Which key opened the session of a token, and when.

Tokens from before do not say who issued them, so they open nothing any more: clients log in again with their key.
"""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_words_of_setting_history")]
    operations = [
        migrations.RunSQL("DELETE FROM accounts_accesstoken", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="accesstoken",
            name="api_key",
            field=models.ForeignKey(
                default=0,
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="tokens",
                to="accounts.apikey",
                verbose_name="API key",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="accesstoken",
            name="began_at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="logged in at"),
            preserve_default=False,
        ),
    ]
