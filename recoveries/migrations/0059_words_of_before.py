"""Messages of before there were templates have version 0 of theirs; what is held has no words yet."""

from django.db import migrations


def link(apps, schema_editor):
    Message = apps.get_model("recoveries", "Message")
    before = apps.get_model("recoveries", "TemplateVersion").objects.filter(number=0)
    for pk, code in before.values_list("pk", "template__code"):
        Message.objects.filter(kind=code, template_version=None).exclude(text="").update(template_version=pk)


def unlink(apps, schema_editor):
    apps.get_model("recoveries", "Message").objects.update(template_version=None)


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0058_words_of_messages")]

    operations = [migrations.RunPython(link, unlink)]
