from recoveries.ledger.tests.test_account_budgets import *
def test_probe(owner):
    large = filed(owner, invoices=60, payments=50)
    values = {"amount": Decimal(10), "day": date(2026, 3, 1), "reference": "NEW", "confirmed": True, "by": None}
    def sqls():
        with CaptureQueriesContext(connection) as c: acompte_record(recovery_id=large, **values)
        return [q["sql"][:60] for q in c]
    a, b = sqls(), sqls()
    from collections import Counter
    print("DIFF", Counter(a)-Counter(b), Counter(b)-Counter(a))
