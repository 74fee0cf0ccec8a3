"""What differs between machines (environment) and what staff set (system settings)."""
