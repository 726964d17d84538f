"""The bodies of ``/site/{siteId}/patients``: an extension of the Site Assistants API."""

from datetime import date
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from contracts.site import Filled, SiteWire

LONGEST = 200
_PHONE, _NAME = "+12025550142", "Ana Torres"


class PatientSearch(SiteWire, json_schema_extra={"examples": [{"text": _NAME}]}):
    """Whom somebody looks for."""

    text: Annotated[Filled, Field(max_length=LONGEST)]
    """A telephone number, or a part of a name."""


class PatientRef(SiteWire, json_schema_extra={"examples": [{"phone": _PHONE, "name": _NAME}]}):
    """Who is meant."""

    phone: Annotated[Filled, Field(max_length=LONGEST)]
    name: Annotated[str | None, Field(max_length=LONGEST)] = None
    """The full name, where several people share the number; without it everybody with the number is meant."""


class PatientBorn(
    SiteWire, json_schema_extra={"examples": [{"phone": _PHONE, "name": _NAME, "dateOfBirth": "1980-03-31"}]}
):
    """When a patient was born."""

    phone: Annotated[Filled, Field(max_length=LONGEST)]
    name: Annotated[Filled, Field(max_length=LONGEST)]
    date_of_birth: date | None = None
    """Null takes away what is written down."""


class PatientFound(SiteWire):
    """Somebody about whom something is kept."""

    name: str
    phone: str
    records: int
    """Appointments, booking requests and messages under this name and number."""
    latest: AwareDatetime


_FOUND = {"name": _NAME, "phone": _PHONE, "records": 3, "latest": "2026-11-30T14:00:00Z"}


class PatientsFound(SiteWire, json_schema_extra={"examples": [{"patients": [_FOUND]}]}):
    """Who fits, latest first."""

    patients: list[PatientFound]


class PatientKept(
    SiteWire, json_schema_extra={"examples": [{"kept": {"messages": [{"text": "Please call back."}]}}]}
):
    """Everything that is kept about a patient: lists of records as they are stored."""

    kept: dict[str, list[dict[str, Any]]]


class PatientErased(
    SiteWire, json_schema_extra={"examples": [{"erased": {"appointments": 1, "messages": 2}}]}
):
    """How many records were erased or made anonymous, by kind."""

    erased: dict[str, int]
