"""Plumbing without the web: errors, money, dates, settings from the environment, logs. Imports no room."""
