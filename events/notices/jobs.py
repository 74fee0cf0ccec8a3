"""The rows of notices as jobs of the worker."""

from events.notices.models import Notice
from legalcity.lib.emails.rows import mail_job

NOTICE_JOB = mail_job(Notice, "events.tasks.send_notice")
