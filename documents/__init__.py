"""Text out of the files that a practice uploads: what kind a file is, what it says, cut into pieces."""
