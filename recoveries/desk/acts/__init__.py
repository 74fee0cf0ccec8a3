"""What staff do on the page of a case, in the groups of its buttons."""

from django.utils.translation import gettext_lazy as _

from backoffice.actions import ObjectAction
from legalcity.lib.errors import Sentence
from recoveries.agenda.acts import ADD_TASK, FOLLOW_UP, PROMISE
from recoveries.court.acts import CHECK_ELIGIBILITY, RECORD_DATES, SET_MATTER, TRANSFER
from recoveries.court.hold_acts import LIFT_HOLD, RESTORE_HOLD
from recoveries.court.next_acts import FEE_PAID, NEXT_DATE
from recoveries.desk.acts.calls import CALL_NOTE
from recoveries.desk.acts.corrections import (
    ADD_INVOICE,
    CORRECT_CLAIM,
    CORRECT_INVOICE,
    CORRECT_PARTY,
    REMOVE_INVOICE,
)
from recoveries.desk.acts.everyday import ANSWER, ASSIGN, COMMENT, MARK_READ, MOVE
from recoveries.desk.acts.invoice_facts import INVOICE_FACTS
from recoveries.desk.acts.papers import REQUEST_SIGNATURE, SET_VISIBILITY, UPLOAD
from recoveries.desk.acts.pins import PIN_NOTE, UNPIN_NOTE
from recoveries.desk.acts.qualities import CONFIRM_QUALITY
from recoveries.desk.acts.scores import ORDER_SCORE
from recoveries.desk.acts.taking import TAKE
from recoveries.desk.acts.taking_back import UNDO
from recoveries.ledger.acknowledgement_acts import RECORD_ACKNOWLEDGEMENT, REVERSE_ACKNOWLEDGEMENT
from recoveries.ledger.acts import RECORD_DEBT, RECORD_PAYMENT
from recoveries.ledger.reduction_acts import CREDIT_NOTE, MOVE_SURPLUS, REFUND, WAIVE, WRITE_OFF
from recoveries.ledger.reversal_acts import REVERSE_DEBT, REVERSE_PAYMENT, REVERSE_POSTING
from recoveries.letters.acts import SEND_REMINDER
from recoveries.letters.at_once_acts import REMIND_NEXT, SEND_DECOMPTE
from recoveries.letters.contact_acts import CORRECT_CONTACT
from recoveries.letters.creditor_reminder_acts import CREDITOR_REMINDER
from recoveries.letters.further_contact_acts import ADD_CONTACT, CORRECT_ADDED, END_CONTACT, WRITE_THERE
from recoveries.letters.notice_acts import NOTICE_RECEIVED
from recoveries.letters.party_acts import ENTER_FACT, WITHDRAW_FACT
from recoveries.letters.scenarios.acts import PAUSE_SCENARIO, RESUME_SCENARIO, STOP_SCENARIO

GROUPS: tuple[tuple[Sentence, tuple[ObjectAction, ...]], ...] = (
    (_("Letters"), (REMIND_NEXT, SEND_DECOMPTE, SEND_REMINDER, NOTICE_RECEIVED)),
    (_("Work"), (UNDO, MOVE, TAKE, ASSIGN, COMMENT, ANSWER, MARK_READ)),
    (_("Beside the contacts"), (CORRECT_ADDED, END_CONTACT, WRITE_THERE)),
    (_("Beside the notes"), (PIN_NOTE, UNPIN_NOTE)),
    (_("Beside the tasks"), (CALL_NOTE, PROMISE, FOLLOW_UP, ADD_TASK)),
    (_("Scenario"), (PAUSE_SCENARIO, RESUME_SCENARIO, STOP_SCENARIO)),
    (_("Debtor"), (CORRECT_CONTACT, ADD_CONTACT, ENTER_FACT, WITHDRAW_FACT, CREDITOR_REMINDER, ORDER_SCORE)),
    (_("Money"), (RECORD_PAYMENT, RECORD_DEBT, CREDIT_NOTE, WAIVE, WRITE_OFF, REFUND, MOVE_SURPLUS)),
    (
        _("Beside what they are about"),
        (
            *(REVERSE_PAYMENT, REVERSE_DEBT, REVERSE_POSTING, INVOICE_FACTS),
            *(ADD_INVOICE, CORRECT_INVOICE, REMOVE_INVOICE, CORRECT_PARTY, CORRECT_CLAIM),
        ),
    ),
    (_("Limitation"), (RECORD_ACKNOWLEDGEMENT, REVERSE_ACKNOWLEDGEMENT, LIFT_HOLD, RESTORE_HOLD)),
    (_("Documents"), (UPLOAD, SET_VISIBILITY, REQUEST_SIGNATURE)),
    (_("Beside the procedure"), (NEXT_DATE, FEE_PAID)),
    (_("Court proceedings"), (CHECK_ELIGIBILITY, TRANSFER, RECORD_DATES, SET_MATTER, CONFIRM_QUALITY)),
)
CASE_ACTIONS = tuple(action for _label, actions in GROUPS for action in actions)
