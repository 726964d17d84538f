"""Danger comes first: what is done about it before any model or rule gets to answer."""
