"""A believable French portfolio, made from a seed: the same seed and day give the same cases."""
