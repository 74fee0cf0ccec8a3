"""Talks to outsiders."""
