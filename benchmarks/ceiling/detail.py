"""One case with all that hangs on it, as one statement."""

from typing import Any

from .database import query, stamp

PARTY = """json_build_object('id', {0}.id, 'company_type', {0}.company_type,
    'company_legal_form', {0}.company_legal_form, 'company_siren', {0}.company_siren,
    'company_name', {0}.company_name, 'company_legalrep_gender', {0}.company_legalrep_gender,
    'company_legalrep_firstname', {0}.company_legalrep_firstname,
    'company_legalrep_lastname', {0}.company_legalrep_lastname, 'company_address', {0}.company_address,
    'company_city', {0}.company_city, 'company_postal', {0}.company_postal, 'company_country', {0}.company_country,
    'company_email', {0}.company_email, 'company_phone', {0}.company_phone,
    'acts_as', CASE {0}.company_type WHEN 'commercial' THEN 'professional' ELSE {0}.acts_as END, WRITTEN)"""
WRITTEN = ["legalrep_quality", "legalrep_quality_other", "legalrep_birthday", "legalrep_birthday_city"]
WRITTEN += ["legalrep_nationality", "legalrep_profession", "freelance_type", "state", "activity"]
PARTY = PARTY.replace("WRITTEN", ", ".join(f"'company_{name}', {{0}}.company_{name}" for name in WRITTEN))
PERSON = "CASE WHEN {0} IS NULL THEN NULL ELSE json_build_object('id', {0}, 'first_name', {1}.first_name, "
PERSON += "'last_name', {1}.last_name) END"
# The measured cases have no documents, no injunction, no legal date kept, no notice; all are looked for all the same.
DETAIL = f"""
SELECT json_build_object('success', true, 'data', to_json(answer), 'message', 'Recovery retrieved successfully')::text
FROM (SELECT
    r.id, r.recovery_reference, r.status_id AS recovery_status, r.amount::text, r.amount_torecover::text,
    {PERSON.format("r.user_id", "u")} AS "user", {PARTY.format("customer")} AS customer,
    {PARTY.format("debtor")} AS debtor,
    json_build_object('id', s.id, 'name', s.name, 'description', s.description) AS status,
    (SELECT coalesce(json_agg(json_build_object('id', h.id, 'from', h.from_status_id, 'to', h.to_status_id,
        'status', json_build_object('id', t.id, 'name', t.name, 'description', t.description),
        'user', {PERSON.format("h.user_id", "w")}, 'comment', nullif(h.comment, ''),
        'created_at', {stamp("h.created_at")}) ORDER BY h.created_at, h.id), '[]')
     FROM recoveries_statuschange h JOIN recoveries_status t ON t.id = h.to_status_id
     LEFT JOIN accounts_user w ON w.id = h.user_id WHERE h.recovery_id = r.id) AS "statusHistory",
    (SELECT coalesce(json_agg(json_build_object('id', i.id, 'recovery_id', r.id,
        'invoice_amount', i.invoice_amount::text, 'invoice_number', i.invoice_number,
        'invoice_date', i.invoice_date, 'invoice_due_date', i.invoice_due_date,
        'invoice_part_paid', i.invoice_part_paid, 'invoice_part_paid_amount', i.invoice_part_paid_amount::text,
        'remaining_amount', i.remaining_amount::text, 'api_invoice_id', i.api_invoice_id,
        'is_paid', i.remaining_amount <= 0, 'days_overdue', CASE WHEN i.remaining_amount <= 0 THEN 0 ELSE
            greatest(0, coalesce((now() AT TIME ZONE 'Europe/Paris')::date - i.invoice_due_date, 0)) END,
        'performed_on', i.performed_on, 'is_disputed', i.is_disputed)
        ORDER BY i.invoice_date DESC, i.id DESC), '[]')
     FROM invoicing_invoice i WHERE i.recovery_id = r.id) AS invoices,
    '[]'::json AS docs,
    (SELECT coalesce(json_agg(json_build_object('id', c.id, 'recovery_id', r.id, 'user_id', c.user_id,
        'comment', c.text, 'visibleToUser', c.visible_to_user, 'visibleToDebtor', c.visible_to_debtor,
        'visibleToBailiff', c.visible_to_bailiff, 'isRead', c.is_read, 'created_at', {stamp("c.created_at")},
        'updated_at', {stamp("c.updated_at")}, 'comment_html', c.html) ORDER BY c.created_at, c.id), '[]')
     FROM recoveries_comment c WHERE c.recovery_id = r.id AND c.visible_to_user) AS comments,
    (SELECT coalesce(json_agg(json_build_object('id', a.id, 'amount', a.amount::text, 'date', a.date,
        'method', nullif(a.method, ''), 'reference', nullif(a.reference, ''), 'comment', nullif(a.comment, ''),
        'created_at', {stamp("a.created_at")}, 'reversed_at', {stamp("v.created_at")}) ORDER BY a.date, a.id), '[]')
     FROM recoveries_acompte a LEFT JOIN recoveries_acompte v ON v.reverses_id = a.id
     WHERE a.recovery_id = r.id AND a.reverses_id IS NULL) AS acomptes,
    (SELECT coalesce(json_agg(json_build_object('id', d.id, 'label', d.label, 'amount', d.amount::text,
        'date', d.date, 'comment', nullif(d.comment, ''), 'created_at', {stamp("d.created_at")},
        'reversed_at', {stamp("v.created_at")}, 'head', d.head) ORDER BY d.date, d.id), '[]')
     FROM recoveries_dette d LEFT JOIN recoveries_dette v ON v.reverses_id = d.id
     WHERE d.recovery_id = r.id AND d.reverses_id IS NULL) AS dettes,
    (SELECT coalesce(json_agg(d.id ORDER BY d.created_at, d.id), '[]')
     FROM documents_document d LEFT JOIN invoicing_invoice i ON i.id = d.invoice_id
     LEFT JOIN documents_storedfile f ON f.id = d.file_id LEFT JOIN documents_filetype t ON t.id = d.file_type_id
     WHERE d.recovery_id = r.id AND d.visible_to_user AND d.state NOT IN ('rejected', 'failed')) AS all_docs,
    r.type, r.recovery_service_object, r.recovery_due_date, r.recovery_late_interest,
    r.recovery_interest_rate, r.recovery_interest_rate_percent::text, r.recovery_penalty, r.recovery_penalty_type,
    r.recovery_penalty_amount::text, r.recovery_penalty_percent::text, r.recovery_raison_notpaid,
    r.recovery_observations, r.matter, r.external_id, nullif(r.debtor_name, '') AS debtor_name,
    nullif(r.debtor_company, '') AS debtor_company, nullif(r.customer_company, '') AS customer_company,
    r.status_id AS recovery_last_status, r.user_id, r.invoices_count, r.comments_count,
    {stamp("r.created_at")} AS created_at, {stamp("r.updated_at")} AS updated_at,
    CASE WHEN j.recovery_id IS NOT NULL THEN json_build_object('id', j.recovery_id, 'reference',
        jr.recovery_reference, 'status', jr.status_id) END AS injunction,
    CASE WHEN r.next_deadline IS NOT NULL THEN json_build_object('code', r.next_deadline_code,
        'on', r.next_deadline, 'article', r.next_deadline_article) END AS next_deadline,
    '[]'::json AS formal_notices, b.due::text AS due,
    CASE WHEN b.due IS NOT NULL THEN
        least((now() AT TIME ZONE 'Europe/Paris')::date, b.next_change - 1)::text END AS due_on
    FROM recoveries_recovery r LEFT JOIN accounts_user u ON u.id = r.user_id
    LEFT JOIN recoveries_casebalance b ON b.recovery_id = r.id
    JOIN recoveries_status s ON s.id = r.status_id
    LEFT JOIN companies_company customer ON customer.id = r.customer_id
    LEFT JOIN companies_company debtor ON debtor.id = r.debtor_id
    LEFT JOIN recoveries_injunction j ON j.recovery_id = coalesce(r.transferred_to_id, r.id)
    LEFT JOIN recoveries_recovery jr ON jr.id = j.recovery_id
    WHERE r.id = %s AND r.owner_id = %s) answer
"""


def case(user_id: int, environ: dict[str, Any]) -> bytes:
    """One case with all that hangs on it, written as JSON by PostgreSQL."""
    recovery_id = int(environ["PATH_INFO"].rpartition("/")[2])
    return query(DETAIL, [recovery_id, user_id]).fetchone()[0].encode()
