"""What the house tells of itself to who watches over it: figures, without personal data, of few and known labels.

Processes that answer and work count into files of this machine (`files`); what is asked of the database, the queue and
Redis is asked when somebody looks (`measures`). `manage.py serve_metrics` shows both.
"""
