"""Where migrations begin: the tables that ``practice.records.migrate`` makes of the models."""

revision = "0018"
down_revision = None
