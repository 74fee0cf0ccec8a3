"""The law that the product works under, as pure functions over values.

Dates, rates and limits come in as arguments; every answer has a code, a sentence and its article. Nothing here knows
the database, the settings or the clock.
"""
