"""API references: OpenAPI documents, and pages made of them."""
