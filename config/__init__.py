"""What the process is told: settings, the clock, secrets, the database engine, logging."""
