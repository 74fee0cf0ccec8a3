from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0032_journal_and_remittances")]

    operations = [
        migrations.AlterModelOptions(
            name="recovery",
            options={
                "ordering": ("-created_at", "-id"),
                "permissions": [
                    ("see_all_cases", "Can see the cases of every handler"),
                    ("assign_case", "Can assign a case to a handler"),
                    ("move_status", "Can move a case to another status"),
                    ("record_payment", "Can record payments and debts"),
                    ("write_off", "Can write off what is beyond the limit"),
                    ("transfer_case", "Can transfer a case to court"),
                    ("lift_hold", "Can lift the hold of limitation"),
                    ("export_cases", "Can export cases"),
                    ("import_cases", "Can import cases"),
                    ("see_reports", "Can see the reports"),
                ],
                "verbose_name": "case",
                "verbose_name_plural": "cases",
            },
        ),
    ]
