"""What processes count as they answer and work. Labels are of a known number: routes, queues, names of tasks."""

from prometheus_client import Counter, Histogram

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

requests = Counter("legalcity_requests", "Requests answered.", ["route", "method", "status"])
request_seconds = Histogram(
    "legalcity_request_seconds", "How long an answer took.", ["route", "method"], buckets=SECONDS
)
statements = Counter("legalcity_statements", "Statements that requests asked of the database.", ["route"])
statement_seconds = Counter("legalcity_statement_seconds", "Seconds that requests waited for the database.", ["route"])
tasks = Counter("legalcity_tasks", "Tasks that workers have ended.", ["task", "outcome"])
task_seconds = Histogram(
    "legalcity_task_seconds", "How long a task worked.", ["task"], buckets=(*SECONDS, 60, 120, 300, 900)
)
emails = Counter(
    "legalcity_emails", "E-mails and other messages: sent, to be tried again, failed.", ["task", "outcome"]
)
