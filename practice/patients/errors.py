"""What stands in the way of erasing a patient."""

from practice.errors import PracticeError


class PatientNotFound(PracticeError):
    """Nothing is kept about them, or another account's is."""

    code = "patient_not_found"
    status = 404
    default_message = "Nothing is kept about that patient."


class AppointmentAhead(PracticeError):
    """They are expected at the practice."""

    code = "appointment_ahead"
    status = 409
    default_message = "The patient has an appointment that is still to come. Cancel it first."


class PatientHeld(PracticeError):
    """What is kept about them has to stay."""

    code = "patient_held"
    status = 409
    default_message = "What is kept about that patient is held. End the hold first."


class OutcomeUnknown(PracticeError):
    """A platform has not said yet what became of a request of theirs, and it is asked again until it has."""

    code = "outcome_unknown"
    status = 409
    default_message = (
        "What became of a booking request of theirs is not known yet. Settle it first: chairside bookings."
    )
