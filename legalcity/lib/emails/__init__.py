"""E-mails that stand in rows: written in the transaction of what they tell, sent by a worker, once."""
