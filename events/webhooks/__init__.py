"""Webhooks: what happened, sent to the addresses that clients name, signed, tried again, shown and sent anew."""
