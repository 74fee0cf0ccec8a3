"""Which call and which act of staff tells what: the one table, which `docs/events.md` shows and the walks of the suite
compare with what is told.

A call may tell more where money follows from it: `FOLLOWING` says when. What workers tell afterwards is `later`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tells:
    """`codes` are told at once and in this order, or one of `instead` by what is entered; `later` by a worker.

    `why_none` is why nothing is told at once.
    """

    codes: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    why_none: str = ""
    instead: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Whatever may be told."""
        return (*self.codes, *self.instead, *self.later)


def tells(*codes: str, later: tuple[str, ...] = (), instead: tuple[str, ...] = ()) -> Tells:
    """It tells these."""
    return Tells(codes, later, instead=instead)


def nothing(why: str, *, later: tuple[str, ...] = ()) -> Tells:
    """It tells nothing, for this reason."""
    return Tells(later=later, why_none=why)


NO_TYPE = "No type tells it: it is the firm's own work on a case."
SESSION = "Tokens come and go with every login; only keys are told."
STAFF_ACCESS = "It is about people who work for the firm."
RESENT = "It sends again what was told."
CHOSEN = "It is what the client chose."
WORDING = "It is about the words of letters to come."
CATALOGUE = "It changes a catalogue of the firm."
RECKONED = "The clock reckons the accounts that it changes."
SCANNED = ("document.ready", "document.rejected", "document.failed")
TRANSFERRED = (
    *("transfer.completed", "recovery.created", "recovery.status_changed", "recovery.closed"),
    *("transfer.refused", "transfer.failed", "firm_invoice.issued"),
)
ORDERED = ("scoring_order.completed", "scoring_order.failed", "surveillance.alert", "insolvency.detected")
LETTERS = ("message.sent", "message.held", "message.failed", "message.bounced")

# What follows from money, in the same transaction, whichever call brought it about.
FOLLOWING: dict[str, str] = {
    "payment.reallocated": "Another payment meets something else than before.",
    "invoice.settled": "Nothing is owed of an invoice any more.",
    "recovery.status_changed": "Nothing is owed on the case any more, or something is again.",
    "recovery.closed": "The case was closed by that.",
    "recovery.reopened": "A case that was paid owes again.",
    "recovery.paid": "Nothing is owed on the case any more.",
    "invoice.created": "What went to court settled is owed there again.",
}

# "METHOD /path" of every call that writes.
CALLS: dict[str, Tells] = {
    "POST /api/auth/login": nothing(SESSION),
    "POST /api/auth/refresh": nothing(SESSION),
    "POST /api/auth/logout": nothing(SESSION),
    "POST /api/auth/register": tells("api_key.issued"),
    "POST /api/recoveries/complete": tells("recovery.created"),
    "POST /api/recoveries": tells("recovery.created"),
    "PUT /api/recoveries/{recovery_id}": tells("recovery.updated"),
    "PATCH /api/recoveries/{recovery_id}": tells("recovery.updated"),
    "DELETE /api/recoveries/{recovery_id}": tells("recovery.deleted"),
    "POST /api/recoveries/{recovery_id}/companies": tells("company.created"),
    "PUT /api/recoveries/{recovery_id}/companies/{company_id}": tells("company.updated"),
    "DELETE /api/recoveries/{recovery_id}/companies/{company_id}": tells("company.removed"),
    "POST /api/recoveries/{recovery_id}/invoices": tells("invoice.created"),
    "PUT /api/recoveries/{recovery_id}/invoices/{invoice_id}": tells("invoice.updated"),
    "DELETE /api/recoveries/{recovery_id}/invoices/{invoice_id}": tells("invoice.deleted"),
    "POST /api/recoveries/{recovery_id}/comments": tells("comment.created"),
    "PUT /api/recoveries/{recovery_id}/comments/{comment_id}": tells("comment.updated"),
    "DELETE /api/recoveries/{recovery_id}/comments/{comment_id}": tells("comment.deleted"),
    "POST /api/recoveries/{recovery_id}/docs": tells("document.received", later=SCANNED),
    "DELETE /api/recoveries/{recovery_id}/docs/{document_id}": tells("document.deleted"),
    "POST /api/recoveries/{recovery_id}/payments": tells("payment.recorded"),
    "POST /api/recoveries/{recovery_id}/credit-notes": tells("credit_note.recorded"),
    "POST /api/recoveries/{recovery_id}/injonction-transfer": tells("transfer.requested", later=TRANSFERRED),
    "POST /api/recoveries/{recovery_id}/scenario": tells("scenario.started"),
    "POST /api/recoveries/{recovery_id}/scenario/pause": tells("scenario.paused"),
    "POST /api/recoveries/{recovery_id}/scenario/resume": tells("scenario.resumed"),
    "POST /api/scenarios/{code}/rehearse": nothing("A rehearsal changes nothing."),
    "POST /api/scoring/order": tells("tokens.spent", later=ORDERED),
    "POST /api/protected-invoices": tells("protected_invoice.created"),
    "PUT /api/protected-invoices/{protected_id}": tells("protected_invoice.status_changed"),
    "POST /api/webhook-endpoints": nothing(CHOSEN),
    "PATCH /api/webhook-endpoints/{endpoint_id}": tells("webhook_endpoint.disabled"),
    "DELETE /api/webhook-endpoints/{endpoint_id}": nothing(CHOSEN),
    "POST /api/webhook-endpoints/{endpoint_id}/rotate": nothing(CHOSEN),
    "POST /api/webhook-endpoints/{endpoint_id}/test": nothing("What it sends is no event."),
    "POST /api/webhook-endpoints/{endpoint_id}/replay": nothing(RESENT),
    "POST /api/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/replay": nothing(RESENT),
    "PUT /api/notification-preferences": nothing(CHOSEN),
}

# "app.model:act" of every act of staff, on one thing or on many.
ACTS: dict[str, Tells] = {
    "accounts.user:issue-key": tells("api_key.issued"),
    "accounts.user:renew-secret": nothing("Whoever renews it hands it over."),
    "accounts.user:reset-second-factor": nothing(STAFF_ACCESS),
    "accounts.user:revoke-access": tells("api_key.revoked"),
    "accounts.apikey:revoke-key": tells("api_key.revoked"),
    "accounts.accesstoken:revoke-token": nothing(SESSION),
    "axes.accessattempt:lift-lock": nothing(STAFF_ACCESS),
    "documents.document:try-again": nothing("A worker begins again.", later=("document.received", *SCANNED)),
    "documents.signaturerequest:record-signed": tells("signature.signed"),
    "documents.signaturerequest:record-declined": tells("signature.declined"),
    "events.delivery:replay-delivery": nothing(RESENT),
    "events.endpoint:disable-endpoint": tells("webhook_endpoint.disabled"),
    "events.endpoint:enable-endpoint": nothing("What happens from then on is sent."),
    "events.endpoint:replay-failed": nothing(RESENT),
    "events.notice:resend": nothing(RESENT),
    "events.recipient:release": nothing("It is about an address that e-mails did not reach."),
    "invoicing.firminvoice:issue": tells("firm_invoice.issued"),
    "invoicing.firminvoice:pay": tells("firm_invoice.paid"),
    "invoicing.firminvoice:credit": tells("firm_invoice.issued"),
    "invoicing.charge:bill": tells("firm_invoice.issued"),
    "invoicing.tax:offer": nothing(CATALOGUE),
    "invoicing.tokenpack:sell": tells("firm_invoice.issued", "tokens.granted"),
    "invoicing.protectedinvoice:protected_paid": tells("protected_invoice.status_changed"),
    "invoicing.protectedinvoice:protected_cancelled": tells("protected_invoice.status_changed"),
    "invoicing.protectedinvoice:protected_pending": tells("protected_invoice.status_changed"),
    "recoveries.clientstatement:send-statement": nothing("The e-mail with the paper tells it."),
    "recoveries.remittance:reverse-remittance": nothing("No type tells it: what was covered is held again."),
    "recoveries.recovery:move-status": tells("recovery.status_changed"),
    "recoveries.recovery:assign": tells("recovery.assigned"),
    "recoveries.recovery:undo": tells("recovery.assigned", instead=("recovery.status_changed",)),
    "recoveries.recovery:take": tells("recovery.assigned"),
    "recoveries.recovery:release": tells("recovery.assigned"),
    "recoveries.recovery:add-task": nothing(NO_TYPE),
    "recoveries.recovery:add-contact": nothing(NO_TYPE),
    "recoveries.recovery:correct-added-contact": nothing(NO_TYPE),
    "recoveries.recovery:end-contact": nothing(NO_TYPE),
    "recoveries.recovery:write-there": tells("company.updated"),
    "recoveries.recovery:pin-note": nothing(NO_TYPE),
    "recoveries.recovery:unpin-note": nothing(NO_TYPE),
    "recoveries.recovery:follow-up": nothing(NO_TYPE),
    "recoveries.recovery:promise": tells("promise.made"),
    "recoveries.recovery:answer-client": tells("comment.created", instead=("comment.read",)),
    "recoveries.recovery:call-note": tells("comment.created"),
    "recoveries.recovery:comment": tells("comment.created"),
    "recoveries.stafftask:task-done": nothing(NO_TYPE),
    "recoveries.stafftask:task-postpone": nothing(NO_TYPE),
    "recoveries.stafftask:task-assign": nothing(NO_TYPE),
    "recoveries.stafftask:task-drop": nothing(NO_TYPE),
    "recoveries.recovery:send-reminder": nothing("A worker sends it.", later=(*LETTERS, "recovery.status_changed")),
    "recoveries.recovery:send-next-reminder": nothing(
        "A worker sends it.", later=(*LETTERS, "recovery.status_changed")
    ),
    "recoveries.recovery:send-decompte": nothing("A worker sends it.", later=LETTERS),
    "recoveries.recovery:notice-received": tells(
        "message.delivered", instead=("message.sent", "message.returned", "message.refused")
    ),
    "recoveries.recovery:creditor-reminder": nothing(NO_TYPE),
    "recoveries.recovery:enter-party-fact": nothing(NO_TYPE),
    "recoveries.recovery:withdraw-party-fact": nothing(NO_TYPE),
    "recoveries.message:receipt-posted": tells("message.sent"),
    "recoveries.template:begin-draft": nothing(WORDING),
    "recoveries.template:retire-template": nothing(WORDING),
    "recoveries.templateversion:publish-version": nothing(WORDING),
    "recoveries.templateversion:discard-draft": nothing(WORDING),
    "recoveries.message:lift-letter": nothing("A worker sends it.", later=LETTERS),
    "recoveries.message:file-message": tells("document.received", later=SCANNED),
    "recoveries.message:resend-message": nothing("A worker sends it.", later=LETTERS),
    "recoveries.inboundmail:mail-handled": nothing(NO_TYPE),
    "recoveries.message:cancel-letter": nothing("It has not left, and does not."),
    "recoveries.recovery:pause-scenario": tells("scenario.paused"),
    "recoveries.recovery:resume-scenario": tells("scenario.resumed"),
    "recoveries.recovery:stop-scenario": tells("scenario.finished"),
    "recoveries.scenario:draft": nothing("A draft is nobody's yet."),
    "recoveries.scenarioversion:rehearse": nothing("A rehearsal changes nothing."),
    "recoveries.scenarioversion:publish": nothing("What cases do from then on is told."),
    "recoveries.scenarioversion:switch": tells("scenario.started"),
    "recoveries.recovery:mark-read": tells("comment.read"),
    "recoveries.recovery:record-payment": tells("payment.recorded"),
    "recoveries.recovery:record-debt": tells("debt.recorded"),
    "recoveries.recovery:reverse-payment": tells("payment.reversed"),
    "recoveries.recovery:reverse-debt": tells("debt.cancelled"),
    "recoveries.recovery:credit-note": tells("credit_note.recorded"),
    "recoveries.recovery:waive": tells("waiver.recorded"),
    "recoveries.recovery:write-off": tells("writeoff.recorded"),
    "recoveries.recovery:refund-surplus": nothing("No type tells it: what was paid too much goes back."),
    "recoveries.recovery:move-surplus": tells("payment.recorded"),
    "recoveries.recovery:reverse-posting": nothing("No type tells it: the account of the case shows it."),
    "recoveries.recovery:record-acknowledgement": nothing(NO_TYPE),
    "recoveries.recovery:reverse-acknowledgement": nothing(NO_TYPE),
    "recoveries.recovery:lift-hold": nothing(NO_TYPE),
    "recoveries.recovery:restore-hold": nothing(NO_TYPE),
    "recoveries.recovery:upload-document": tells("document.received", later=SCANNED),
    "recoveries.recovery:set-visibility": tells("document.visibility_changed"),
    "recoveries.recovery:request-signature": tells("signature.requested"),
    "recoveries.recovery:check-eligibility": nothing("It only looks."),
    "recoveries.recovery:transfer": tells("transfer.requested", later=TRANSFERRED),
    "recoveries.recovery:record-dates": tells("procedure.updated"),
    "recoveries.recovery:next-date": tells("procedure.updated"),
    "recoveries.recovery:fee-paid": tells("procedure.updated", "procedure.fee_paid"),
    "recoveries.recovery:set-matter": tells("recovery.updated"),
    "recoveries.recovery:invoice-facts": tells("invoice.updated"),
    "recoveries.recovery:confirm-quality": tells("company.updated"),
    "recoveries.recovery:correct-contact": tells("company.updated"),
    "recoveries.recovery:correct-party": tells("company.updated"),
    "recoveries.recovery:add-invoice": tells("invoice.created"),
    "recoveries.recovery:correct-invoice": tells("invoice.updated"),
    "recoveries.recovery:remove-invoice": tells("invoice.deleted"),
    "recoveries.recovery:correct-claim": tells("recovery.updated"),
    "recoveries.recovery:order-score": tells("tokens.spent", later=ORDERED),
    "scoring.scoringorder:retry-order": tells("tokens.spent", later=ORDERED),
    "scoring.tokenaccount:grant-tokens": tells("tokens.granted"),
}

# "app.model" of every form of the back-office by which staff add, change or delete a thing.
FORMS: dict[str, Tells] = {
    "accounts.user": nothing("Keys are issued and revoked by acts; what the account may do is the firm's."),
    "auth.group": nothing(STAFF_ACCESS),
    "constance.config": nothing("It sets how the house works."),
    "documents.filetype": nothing(CATALOGUE),
    "documents.signaturerequest": tells("signature.requested"),
    "invoicing.billingaddress": nothing("It is about how the firm bills a client."),
    "invoicing.billingclient": nothing("It is about how the firm bills a client."),
    "invoicing.clienttype": nothing(CATALOGUE),
    "invoicing.currency": nothing(CATALOGUE),
    "invoicing.firminvoice": nothing("A draft is nobody's yet: issuing it is an act."),
    "invoicing.invoicetype": nothing(CATALOGUE),
    "invoicing.producttype": nothing(CATALOGUE),
    "invoicing.tax": nothing(CATALOGUE),
    "invoicing.tokenpack": nothing(CATALOGUE),
    "invoicing.vatrule": nothing(CATALOGUE),
    "recoveries.chartaccount": nothing(CATALOGUE),
    "recoveries.clientrhythm": nothing("It is about how often the firm writes to debtors."),
    "recoveries.ecbrate": nothing(RECKONED, later=("payment.reallocated",)),
    "recoveries.injunction": tells("procedure.updated", instead=("procedure.fee_paid",)),
    "recoveries.injunctionfee": nothing(CATALOGUE),
    "recoveries.legalfact": nothing(CATALOGUE),
    "recoveries.legalrate": nothing(RECKONED, later=("payment.reallocated",)),
    "recoveries.scenario": nothing("What cases do in it is told."),
    "recoveries.scenariostop": nothing("It sets how the house works."),
    "recoveries.scenarioversion": nothing("A draft is nobody's yet."),
    "recoveries.status": nothing(CATALOGUE),
    "recoveries.statusgroup": nothing(CATALOGUE),
    "recoveries.template": nothing(WORDING),
    "recoveries.templateversion": nothing(WORDING),
}

# Other pages of staff that write.
PAGES: dict[str, Tells] = {
    "Open a case by hand": tells("recovery.created", "recovery.assigned"),
    "Hand over what is held for a client": tells("remittance.sent"),
    "Confirm the posting of letters": tells("message.sent", "scenario.step_done", "scenario.finished"),
    "Say that a letter that was given up had left": tells("message.sent", "scenario.step_done"),
    "Send the reminders of a bulk sending": nothing(
        "A worker sends them.", later=(*LETTERS, "recovery.status_changed")
    ),
    "Stop a bulk sending": nothing("What was not sent yet tells nobody anything."),
    "Undo an assignment of many cases": tells("recovery.assigned"),
    "Say what the columns of a client's file are": nothing("A worker reads it."),
    "Confirm a file of cases": nothing("A worker opens them.", later=("recovery.created",)),
}

# What nobody asks for: the clock and the workers.
BY_ITSELF: dict[str, Tells] = {
    "Every morning": tells("deadline.approaching", "deadline.passed"),
    "Every day, for each company under surveillance": tells("surveillance.alert", "insolvency.detected"),
    "When an endpoint is gone, or every try has failed for five days": tells("webhook_endpoint.disabled"),
    "Every minute, for each case in a scenario": tells(
        "message.planned",
        "scenario.step_done",
        "scenario.step_skipped",
        "scenario.paused",
        "scenario.resumed",
        "scenario.finished",
    ),
    "When rates have changed": tells("payment.reallocated"),
}
