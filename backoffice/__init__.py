"""What every room's pages for staff stand on: acts with their own page, an audit that forgets nothing, the entrance.

Nothing is imported here, because Django reads `apps.py` before there are models.
"""
