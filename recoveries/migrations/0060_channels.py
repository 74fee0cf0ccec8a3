"""Messages leave by several ways: a formal notice names its message; what is being sent or to be posted is found."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0011_owners_held"),
        ("recoveries", "0059_words_of_before"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="formalnotice",
            name="message",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="recoveries.message",
                verbose_name="message",
            ),
        ),
        migrations.AlterField(
            model_name="formalnotice",
            name="channel",
            field=models.CharField(
                choices=[
                    ("email", "e-mail"),
                    ("registered", "registered letter"),
                    ("bailiff", "commissaire de justice"),
                    ("hand", "handed over against a signature"),
                    ("post", "letter by post"),
                    ("creditor", "by the creditor, before the case came"),
                ],
                max_length=10,
                verbose_name="channel",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(condition=models.Q(("state", "sending")), fields=["due_at"], name="message_sending"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state", "to_post")), fields=["channel", "id"], name="message_to_post"
            ),
        ),
    ]
