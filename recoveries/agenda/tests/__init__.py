"""Tests of what staff are to do."""
