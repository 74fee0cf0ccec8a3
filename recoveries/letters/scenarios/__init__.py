"""Scenarios: escalations that staff draw, rehearse and turn on, carried out step by step by a clock."""
