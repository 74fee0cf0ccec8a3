"""The décompte becomes a letter to the debtor, with its first words where an installation has none."""

from django.db import migrations, models
from django.utils.timezone import now

from recoveries.letters.wording.sealing import words_sha256
from recoveries.letters.wording.seeds import seeds

CODE = "decompte"
KINDS = [
    ("relance_1", "Relance 1"),
    ("relance_2", "Relance 2"),
    ("mise_en_demeure", "Mise en demeure"),
    ("decompte", "Décompte"),
    ("quittance", "Quittance"),
    ("quittance_rectifiee", "Rectificatif de quittance"),
]


def write_down(apps, schema_editor):
    templates = apps.get_model("recoveries", "Template").objects
    versions = apps.get_model("recoveries", "TemplateVersion").objects
    moment = now()
    for seed in seeds():
        named = {"code": seed.code, "channel": seed.channel, "language": seed.language, "owner": None}
        if seed.code != CODE or templates.filter(**named).exists():
            continue
        template = templates.create(name=seed.name, purpose=seed.purpose, **named)
        words = {"subject": seed.subject, "text": seed.text, "html": seed.html, "required": seed.required}
        versions.create(
            template=template, number=1, state="published", published_at=moment, sha256=words_sha256(**words), **words
        )


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0078_indexes_of_messages")]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=40, verbose_name="kind"),
        ),
        migrations.AlterField(
            model_name="mailing",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=40, verbose_name="reminder"),
        ),
        migrations.RunPython(write_down, migrations.RunPython.noop),
    ]
