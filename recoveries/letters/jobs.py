"""The rows of e-mails as jobs of the worker."""

from legalcity.lib.emails.rows import mail_job
from recoveries.letters.models import CreditorNotice, Message

JOB = mail_job(Message, "recoveries.tasks.send_email")
NOTICE_JOB = mail_job(CreditorNotice, "recoveries.tasks.send_creditor_notice")
