"""Programs outside that documents go to."""
