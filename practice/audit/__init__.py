"""The audit log: who read or changed what, in a chain that shows when something was taken out of it."""
