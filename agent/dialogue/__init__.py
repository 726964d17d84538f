"""The local receptionist: what was said, what is known, what comes next, and in which words."""
