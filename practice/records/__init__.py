"""The tables, a file a family; relations cross nouns, rules do not."""
