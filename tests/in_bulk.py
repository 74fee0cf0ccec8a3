"""So many rows that PostgreSQL plans as it does where there are many: by SQL, and without what hangs on them."""

# Takes the ids of ten accounts or more; the first has a fifth of the cases.
CASES_IN_BULK = """
    INSERT INTO recoveries_recovery (owner_id, user_id, type, status_id, recovery_reference, recovery_service_object,
        recovery_due_date, recovery_late_interest, recovery_penalty, created_at, updated_at, amount,
        amount_torecover, invoices_count, comments_count, debtor_name, debtor_company, customer_company, search_text)
    SELECT CASE WHEN n %% 5 = 0 THEN owners[1] ELSE owners[2 + n %% (cardinality(owners) - 1)] END,
        owners[1 + n %% 10], 1, 1 + n %% 3,
        'REC-' || upper(left(md5(n::text), 12)), 'Service ' || n %% 977, date '2025-01-01' + n %% 500, false, false,
        now() - n %% 9973 * interval '1 hour', now() - n %% 8887 * interval '1 minute', n %% 6007, n %% 5003, 0, 0,
        'Debtor ' || n %% 4001, 'Company ' || n %% 3001, 'Creditor ' || n %% 2003, 'debtor ' || n %% 4001
    FROM generate_series(1, 25000) n, (SELECT %s::bigint[] AS owners) given
"""
