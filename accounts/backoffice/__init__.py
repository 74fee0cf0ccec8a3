"""What every room's admin pages stand on: acts with a page of their own, and an audit that forgets nothing.

Nothing is imported here, because Django reads `apps.py` before there are models.
"""
