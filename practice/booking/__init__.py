"""The booking endpoints' behaviour: validation, the ledger, the signed relay to the platform."""
