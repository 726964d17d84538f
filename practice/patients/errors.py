"""What stands in the way of erasing a patient."""

from practice.errors import Conflict, NotFound


class PatientNotFound(NotFound, code="patient_not_found", says="Nothing is kept about that patient."):
    """Nothing is kept about them, or another account's is."""


class AppointmentAhead(
    Conflict,
    code="appointment_ahead",
    says="The patient has an appointment that is still to come. Cancel it first.",
):
    """They are expected at the practice."""


class PatientHeld(
    Conflict, code="patient_held", says="What is kept about that patient is held. End the hold first."
):
    """What is kept about them has to stay."""


class OutcomeUnknown(
    Conflict,
    code="outcome_unknown",
    says="What became of a booking request of theirs is not known yet. Settle it first: chairside bookings.",
):
    """A platform has not said yet what became of a request of theirs, and it is asked again until it has."""
