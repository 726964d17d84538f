"""Integrators' OAuth 2 clients and the keys that sign their access tokens."""
