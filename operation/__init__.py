"""What operators do with the whole product: look at its figures, keep a copy of it, and bring it back from one."""
