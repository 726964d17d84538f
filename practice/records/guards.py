"""What the database refuses, whoever writes to it: a practitioner booked twice, a changed audit log."""

# btree_gist, which could compare text ids here, is not everywhere; an integer makes a range of one.
_EXCLUDE_OVERLAP = """
ALTER TABLE appointments ADD CONSTRAINT ex_appointments_overlap EXCLUDE USING gist (
    int4range(practitioner_number, practitioner_number, '[]') WITH &&,
    tstzrange(busy_from, busy_until) WITH &&
) WHERE (status <> 'cancelled')
"""

# SQLite has no exclusion constraints; a trigger runs inside the writer's exclusive transaction.
_ABORT_OVERLAP = """
CREATE TRIGGER tr_appointments_overlap_{event} BEFORE {event} ON appointments
WHEN NEW.status <> 'cancelled' AND EXISTS (
    SELECT 1 FROM appointments AS other
    WHERE other.practitioner_number = NEW.practitioner_number AND other.status <> 'cancelled'
    AND other.id <> NEW.id AND other.busy_from < NEW.busy_until AND NEW.busy_from < other.busy_until
)
BEGIN
    SELECT RAISE(ABORT, 'ex_appointments_overlap');
END
"""

_REFUSAL = "the audit log is only written to"
_ABORT_CHANGE = (
    "CREATE TRIGGER audit_log_no_{name} BEFORE {event} ON audit_log"
    f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
)
_REFUSE_CHANGE = (
    "CREATE FUNCTION audit_log_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
)
_ONLY_WRITTEN = (
    "CREATE TRIGGER audit_log_only_written BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse()"
)

GUARDS = {
    "postgresql": (_EXCLUDE_OVERLAP, _REFUSE_CHANGE, _ONLY_WRITTEN),
    "sqlite": (
        *(_ABORT_OVERLAP.format(event=event) for event in ("INSERT", "UPDATE")),
        *(_ABORT_CHANGE.format(name=event.lower(), event=event) for event in ("UPDATE", "DELETE")),
    ),
}
"""The statements that a new database is given behind its tables, by the engine's name."""
