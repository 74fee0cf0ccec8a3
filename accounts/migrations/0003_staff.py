from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_audit")]

    operations = [
        migrations.AlterModelOptions(
            name="user",
            options={
                "ordering": ("last_name", "first_name", "id"),
                "permissions": [("manage_access", "Can issue and revoke keys, tokens and second factors")],
                "verbose_name": "user",
                "verbose_name_plural": "users",
            },
        ),
        migrations.AddField(
            model_name="user",
            name="language",
            field=models.CharField(
                choices=[("fr", "French"), ("en", "English")],
                default="fr",
                max_length=2,
                verbose_name="language of the back-office",
            ),
        ),
    ]
