"""The letters that were Django's templates become the first versions of templates, with those that were missing.

Version 0 stands for the words of before, which are kept with each message.
"""

from django.db import migrations
from django.utils.timezone import now

from recoveries.letters.wording.sealing import words_sha256
from recoveries.letters.wording.seeds import seeds

BEFORE = ("relance_1", "relance_2", "mise_en_demeure", "quittance", "quittance_rectifiee")


def write_down(apps, schema_editor):
    templates = apps.get_model("recoveries", "Template").objects
    versions = apps.get_model("recoveries", "TemplateVersion").objects
    moment = now()
    for seed in seeds():
        template = templates.create(
            code=seed.code, name=seed.name, purpose=seed.purpose, channel=seed.channel, language=seed.language
        )
        words = {"subject": seed.subject, "text": seed.text, "html": seed.html, "required": seed.required}
        versions.create(
            template=template, number=1, state="published", published_at=moment, sha256=words_sha256(**words), **words
        )
        if seed.code in BEFORE and (seed.channel, seed.language) == ("email", "fr"):
            versions.create(template=template, number=0, state="retired", published_at=moment, retired_at=moment)


def forget(apps, schema_editor):
    apps.get_model("recoveries", "TemplateVersion").objects.all().delete()
    apps.get_model("recoveries", "Template").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0055_templates")]

    operations = [migrations.RunPython(write_down, forget)]
