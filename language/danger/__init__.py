"""Words that mean danger to life: recognised by meaning, with rules for what meaning alone misses."""
