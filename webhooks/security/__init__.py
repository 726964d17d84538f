"""Tokens that the APIs share."""
