"""``/site/{siteId}/patients``: what is kept about a patient. An extension.

All of them are POST: numbers and names stand in bodies, never in addresses, which proxies write down.
"""

import dataclasses

from fastapi import APIRouter, Request
from starlette.responses import Response

from contracts.site_patients import (
    PatientBorn,
    PatientErased,
    PatientFound,
    PatientKept,
    PatientRef,
    PatientSearch,
    PatientsFound,
)
from language import phone as phones
from practice.patients.errors import AppointmentAhead, OutcomeUnknown, PatientHeld, PatientNotFound
from practice.patients.views import Patient
from webhooks.api_documents import reply
from webhooks.assistant_choice import find_account_of
from webhooks.audited_route import AuditedBodyRoute, concerns
from webhooks.dependencies import Injected, Services
from webhooks.http_errors import invalid_request
from webhooks.site_api.auth import Access, AdminAccess, SiteAccess
from webhooks.site_api.errors import BODY, site_errors

router = APIRouter(prefix="/site/{siteId}/patients", tags=["Patients"], route_class=AuditedBodyRoute)


@router.post(
    "/find",
    operation_id="findPatients",
    summary="Find patients",
    responses={200: reply("Who fits."), **site_errors(*BODY)},
)
async def find_patients(
    request: Request, access: Access, services: Injected, body: PatientSearch
) -> PatientsFound:
    """Extension: by a telephone number or a part of a name, latest first."""
    account = await find_account_of(services, access.site_id)
    found = await services.patients.find(body.text, account) if account is not None else []
    concerns(request, *sorted({services.audit.patient(one.phone) for one in found}))
    return PatientsFound(
        patients=[
            PatientFound(name=one.name, phone=one.phone, records=one.records, latest=one.latest)
            for one in found
        ]
    )


@router.post(
    "/export",
    operation_id="exportPatient",
    summary="Export a patient",
    responses={200: reply("All of it."), **site_errors(PatientNotFound, *BODY)},
)
async def export_patient(
    request: Request, access: Access, services: Injected, body: PatientRef
) -> PatientKept:
    """Extension: everything that is kept about a patient, for them when they ask."""
    return PatientKept(kept=await services.patients.export(await _patient(request, services, access, body)))


@router.post(
    "/date-of-birth",
    operation_id="keepDateOfBirth",
    summary="Write down a date of birth",
    status_code=204,
    response_class=Response,
    responses={204: reply("Written down, or taken away."), **site_errors(PatientNotFound, *BODY)},
)
async def keep_date_of_birth(request: Request, access: Access, services: Injected, body: PatientBorn) -> None:
    """Extension: a caller whose number proves nothing can show by it who they are."""
    born = body.date_of_birth
    if born is not None and born > services.clock().date():
        raise invalid_request("Fields do not fit.", "dateOfBirth must not be in the future")
    who = await _patient(request, services, access, PatientRef(phone=body.phone, name=body.name))
    await services.patients.keep_birth_date(who, born.isoformat() if born else "", access.user)


@router.post(
    "/erase",
    operation_id="erasePatient",
    summary="Erase a patient",
    responses={
        200: reply("What was erased."),
        **site_errors(PatientNotFound, PatientHeld, AppointmentAhead, OutcomeUnknown, *BODY),
    },
)
async def erase_patient(
    request: Request, access: AdminAccess, services: Injected, body: PatientRef
) -> PatientErased:
    """Extension: for good; past appointments stay as time that was taken. Administrators only."""
    erased = await services.patients.erase(await _patient(request, services, access, body))
    return PatientErased(erased=dataclasses.asdict(erased))


async def _patient(request: Request, services: Services, access: SiteAccess, body: PatientRef) -> Patient:
    """Read who is meant; HttpError (400) without a number, PatientNotFound at a site without an account."""
    number, account = phones.parse(body.phone), await find_account_of(services, access.site_id)
    if number is None:
        raise invalid_request("Fields do not fit.", "phone must be a telephone number")
    if account is None:
        raise PatientNotFound
    concerns(request, services.audit.patient(number))
    return Patient(account, number, body.name)
