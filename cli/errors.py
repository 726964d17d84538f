"""What the command line says when something is not right: one line, no traceback."""


class UserError(Exception):
    """Something the person at the command line can put right; the message is one plain sentence."""
