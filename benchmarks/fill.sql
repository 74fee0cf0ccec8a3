-- Fills an empty, migrated database with %(cases)s cases of 200 accounts.
-- Account 1 has 30 percent of the cases, account 2 has 0.3 percent, the others share the rest.
-- Names come in pairs (as written, folded for the search), so that what is copied is exactly what the services write.

INSERT INTO accounts_user (id, password, is_superuser, email, first_name, last_name, entreprise, siren, address, city,
    postal, phone, metadata, sealed_auth_secret, has_api_access, can_register, is_staff, is_active, language,
    created_at, updated_at)
SELECT n, '!', false, 'account' || n || '@bench.example', 'Account', 'No ' || n, 'Account ' || n, '', '', '', '', '',
    '{}', '', true, false, false, true, 'fr', now(), now()
FROM generate_series(1, 200) n;

CREATE UNLOGGED TABLE bench_case AS
WITH picks AS (
    SELECT i,
        (i * 7919) %% 1000 AS slot,
        1 + (hashint8extended(i, 1) & 1048575) %% cardinality(%(first_names)s::text[]) AS first_name,
        1 + (hashint8extended(i, 2) & 1048575) %% cardinality(%(last_names)s::text[]) AS last_name,
        1 + (hashint8extended(i, 3) & 1048575) %% cardinality(%(trades)s::text[]) AS trade,
        1 + (hashint8extended(i, 4) & 1048575) %% cardinality(%(cities)s::text[]) AS city,
        1 + (hashint8extended(i, 5) & 1048575) %% cardinality(%(kinds)s::text[]) AS kind,
        hashint8extended(i, 6) & 1048575 AS first_cents,
        hashint8extended(i, 7) & 1048575 AS second_cents,
        hashint8extended(i, 8) & 1048575 AS draw,
        (i * 1000003) %% 2176782336 AS scrambled
    FROM generate_series(1, %(cases)s::bigint) i
)
SELECT i,
    CASE WHEN slot < 300 THEN 1 WHEN slot < 303 THEN 2 ELSE 3 + i %% 198 END AS owner_id,
    CASE WHEN draw %% 100 < 60 THEN 1 WHEN draw %% 100 < 85 THEN 2 ELSE 3 END AS status_id,
    draw,
    'REC-' || (
        SELECT string_agg(substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 1 + (floor(scrambled / 36 ^ place)::bigint %% 36)::int, 1),
            '')
        FROM generate_series(0, 5) place
    ) AS reference,
    (%(first_names)s::text[])[first_name] AS first_name,
    (%(last_names)s::text[])[last_name] AS last_name,
    (%(trades)s::text[])[trade] || ' ' || (%(last_names)s::text[])[last_name] || ' ' || i AS debtor_company,
    (%(kinds)s::text[])[kind] || ' ' || (%(cities)s::text[])[city] AS customer_company,
    (%(cities)s::text[])[city] AS city,
    (%(first_names_folded)s::text[])[first_name] AS first_folded,
    (%(last_names_folded)s::text[])[last_name] AS last_folded,
    (%(trades_folded)s::text[])[trade] || ' ' || (%(last_names_folded)s::text[])[last_name] || ' ' || i AS debtor_folded,
    (%(kinds_folded)s::text[])[kind] || ' ' || (%(cities_folded)s::text[])[city] AS customer_folded,
    100 + first_cents / 100.0 AS first_amount,
    50 + second_cents / 100.0 AS second_amount,
    CASE WHEN draw %% 5 = 0 THEN round((50 + second_cents / 100.0) / 2, 2) END AS part_paid,
    timestamptz '2024-01-01 00:00:00+00' + i * (interval '365 days' / %(cases)s) AS created_at,
    date '2024-06-01' + (draw %% 700)::int AS due_date
FROM picks;

-- The two companies of case i are 2i - 1 (its creditor) and 2i (its debtor).
INSERT INTO companies_company (id, owner_id, company_type, company_legal_form, company_siren, company_name,
    company_legalrep_gender, company_legalrep_firstname, company_legalrep_lastname, company_address, company_city,
    company_postal, company_country, company_email, company_phone, created_at, updated_at, search_text)
SELECT 2 * i - 1, owner_id, 'commercial', 'SARL', lpad((i %% 1000000000)::text, 9, '1'), customer_company,
    'M', first_name, last_name, '1 rue de la Paix', city, '75001', 'France', 'contact@creditor.example',
    '+33123456789', created_at, created_at, concat_ws(E'\n', customer_folded, first_folded, last_folded,
    'contact@creditor.example', '+33123456789', lpad((i %% 1000000000)::text, 9, '1'), '0123456789')
FROM bench_case
UNION ALL
SELECT 2 * i, owner_id, 'commercial', 'SAS', lpad((i %% 1000000000)::text, 9, '2'), debtor_company,
    'Mme', first_name, last_name, '2 avenue de la Gare', city, '69001', 'France', 'contact@debtor.example',
    '+33987654321', created_at, created_at, concat_ws(E'\n', debtor_folded, first_folded, last_folded,
    'contact@debtor.example', '+33987654321', lpad((i %% 1000000000)::text, 9, '2'), '0987654321')
FROM bench_case;

INSERT INTO recoveries_recovery (id, owner_id, user_id, type, status_id, customer_id, debtor_id, recovery_reference,
    recovery_service_object, recovery_due_date, recovery_late_interest, recovery_penalty, recovery_raison_notpaid,
    created_at, updated_at, amount, amount_torecover, invoices_count, comments_count, debtor_name, debtor_company,
    customer_company, debtor_country, search_text)
SELECT i, owner_id, CASE WHEN draw %% 10 < 7 THEN owner_id END, 1, status_id, 2 * i - 1, 2 * i, reference,
    'Prestation ' || draw, due_date, false, false, 1,
    created_at, created_at + (draw %% 5000) * interval '1 minute',
    first_amount + second_amount, first_amount + second_amount - coalesce(part_paid, 0), 2, 0,
    first_name || ' ' || last_name, debtor_company, customer_company, 'FR',
    concat_ws(E'\n', lower(reference), first_folded || ' ' || last_folded, debtor_folded, customer_folded,
    'f-' || i || '-1', 'f-' || i || '-2')
FROM bench_case;

INSERT INTO invoicing_invoice (id, recovery_id, owner_id, invoice_number, invoice_date, invoice_due_date, invoice_amount,
    invoice_part_paid, invoice_part_paid_amount, created_at, updated_at, search_text)
SELECT 2 * i - 1, i, owner_id, 'F-' || i || '-1', created_at::date, created_at::date + 30, first_amount, false, NULL,
    created_at, created_at, 'f-' || i || '-1'
FROM bench_case
UNION ALL
SELECT 2 * i, i, owner_id, 'F-' || i || '-2', created_at::date, created_at::date + 30, second_amount, part_paid IS NOT NULL,
    part_paid, created_at, created_at, 'f-' || i || '-2'
FROM bench_case;

INSERT INTO recoveries_statuschange (recovery_id, owner_id, from_status_id, to_status_id, user_id, comment, created_at)
SELECT i, owner_id, NULL, 1, owner_id, '', created_at FROM bench_case;

INSERT INTO recoveries_casecount (owner_id, status_id, n)
SELECT owner_id, status_id, count(*) FROM bench_case GROUP BY owner_id, status_id;

INSERT INTO recoveries_posting (id, recovery_id, owner_id, kind, effective_on, recorded_at, by_id, reason, source, facts)
SELECT i, i, owner_id, 'claim', created_at::date, created_at, owner_id, '', 'api', jsonb_build_object('claims',
    jsonb_build_array(
        jsonb_build_object('kind', 'invoice', 'id', 2 * i - 1, 'number', 'F-' || i || '-1', 'issued_on',
            created_at::date, 'due_on', created_at::date + 30, 'amount', round(first_amount, 2)::text),
        jsonb_strip_nulls(jsonb_build_object('kind', 'invoice', 'id', 2 * i, 'number', 'F-' || i || '-2', 'issued_on',
            created_at::date, 'due_on', created_at::date + 30, 'amount', round(second_amount, 2)::text,
            'part_paid', part_paid::text))))
FROM bench_case;

INSERT INTO recoveries_line (posting_id, account, head, claim_kind, claim_id, debit, credit, article)
SELECT i, account, 'principal', 'invoice', claim_id, CASE account WHEN 'debtor' THEN amount ELSE 0 END,
    CASE account WHEN 'creditor' THEN amount ELSE 0 END, ''
FROM bench_case, (VALUES ('debtor'), ('creditor')) accounts (account),
    LATERAL (VALUES (2 * i - 1, first_amount), (2 * i, second_amount - coalesce(part_paid, 0))) claims (claim_id, amount)
ORDER BY i, claim_id, account DESC;

-- Nobody asks for interest; all invoices fell due long ago, and between professionals each of the two bears 40 EUR.
INSERT INTO recoveries_casebalance (recovery_id, owner_id, "on", due, principal, interest, indemnity, penalty, cost, not_due,
    surplus, per_day, is_provisional)
SELECT i, owner_id, current_date, owed + 80, owed, 0, 80, 0, 0, 0, 0, 0, false
FROM bench_case, LATERAL (SELECT first_amount + second_amount - coalesce(part_paid, 0)) sums (owed);

DROP TABLE bench_case;

SELECT setval(pg_get_serial_sequence(name, 'id'), %(cases)s * 2 + 1000)
FROM unnest(ARRAY['accounts_user', 'companies_company', 'recoveries_recovery', 'invoicing_invoice', 'recoveries_posting']) name;
