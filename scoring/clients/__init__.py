"""Outsiders that know something of companies."""
