"""Who may come in: partner keys, staff log-ins, and the credentials the runtime gives itself."""
