"""Every API that we serve or call: one description of each body, which both sides import."""
