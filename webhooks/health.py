"""Whether the process lives, and whether it can answer calls."""

from fastapi import APIRouter
from starlette.responses import JSONResponse

from kit.db.database import DatabaseUnavailable
from webhooks.dependencies import Injected

router = APIRouter(prefix="/health", tags=["Health"])


@router.get("/live")
async def live() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "ok"}


@router.get("/ready")
async def ready(services: Injected) -> JSONResponse:
    """Say whether calls can be sent here: the records answer, it is not stopping, more fit.

    The speech models are loaded before the server takes its first request.
    """
    checks = {
        "database": await database_answers(services),
        "serving": not services.in_progress.draining,
        "capacity": services.admission.ready,
    }
    good = all(checks.values())
    named = {name: "ok" if value else "failing" for name, value in checks.items()}
    return JSONResponse({"status": "ok" if good else "failing", "checks": named}, 200 if good else 503)


async def database_answers(services: Injected) -> bool:
    """Tell whether the records can be had now."""
    try:
        await services.database.check()
    except DatabaseUnavailable:
        return False
    return True
