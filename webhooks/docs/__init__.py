"""The doors' documents, for machines and as pages for people."""
