"""Passwords of tests."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """Hashes as production does, at the least cost there is: tests store passwords, nobody attacks them."""

    time_cost, memory_cost, parallelism = 1, 8, 1
