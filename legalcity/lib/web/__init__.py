"""Towards other machines: addresses, connections, what is fetched; what a request passes on its way in."""
