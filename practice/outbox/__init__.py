"""Follow-ups written in the transaction of the fact that they follow."""
