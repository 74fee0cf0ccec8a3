"""The rows of e-mails as jobs of the worker."""

from dataclasses import replace

from legalcity.lib.emails.rows import mail_job
from recoveries.letters.models import Message
from recoveries.letters.notice_models import CreditorNotice

# Another worker begins again: as long as a message is queued nothing of it has left (channels/delivering.py).
JOB = replace(mail_job(Message, "recoveries.tasks.send_email"), is_resumed=True)
NOTICE_JOB = mail_job(CreditorNotice, "recoveries.tasks.send_creditor_notice")
