"""``/metrics``: what Prometheus reads, on the same machine or with a token."""

import hmac
import ipaddress
from collections.abc import Iterator

from fastapi import APIRouter, Request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.responses import PlainTextResponse, Response

from config.telemetry import REGISTRY
from kit.db.database import DatabaseUnavailable
from practice.follow_ups.alerts import count_follow_ups
from webhooks.dependencies import Injected, Services

_FORWARDED = ("x-forwarded-for", "forwarded")

router = APIRouter(include_in_schema=False)


class _State(Collector):
    """Gauges of one moment."""

    def __init__(self, gauges: list[GaugeMetricFamily]) -> None:
        self._gauges = gauges

    def collect(self) -> Iterator[Metric]:
        """Give them."""
        yield from self._gauges


@router.get("/metrics")
async def metrics(request: Request, services: Injected) -> Response:
    """Give counts and times since the process began, and gauges of this moment."""
    if not _may_read(request, services):
        text = "From elsewhere than this machine, CHAIRSIDE_METRICS_TOKEN is needed as a bearer token.\n"
        return PlainTextResponse(text, 401, headers={"WWW-Authenticate": "Bearer"})
    now = CollectorRegistry()
    now.register(_State(await _gauges(services)))
    return Response(generate_latest(REGISTRY) + generate_latest(now), media_type=CONTENT_TYPE_LATEST)


def _may_read(request: Request, services: Services) -> bool:
    token = services.settings.metrics.token
    if token is not None:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token.get_secret_value()}".encode())
    # What a proxy on this machine passes on comes from elsewhere.
    if any(name in request.headers for name in _FORWARDED) or request.client is None:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


async def _gauges(services: Services) -> list[GaugeMetricFamily]:
    admission, agent = services.admission, services.voice_agent
    gauges = [
        _gauge("calls_in_progress", "Calls whose media runs here.", len(services.in_progress)),
        _gauge("load", "Share in use of what this process can serve; at 1 it takes no more.", admission.load),
        _gauge("loop_lag_seconds", "How late the event loop is, over a second.", admission.lag_seconds),
        _gauge("draining", "Whether the process is stopping.", services.in_progress.draining),
        _gauge("platform_circuits_open", "Platform hosts that are left alone.", services.relay.open_circuits),
    ]
    if agent is not None:
        gauges.append(_gauge("speech_queue", "Jobs that wait for each speech worker.", agent.speech_queue()))
        silent = GaugeMetricFamily(
            "chairside_vendor_silent", "A vendor's service that is left alone.", labels=["service"]
        )
        for name in agent.silent_vendors():
            silent.add_metric([name], 1)
        gauges.append(silent)
    follow_ups = GaugeMetricFamily("chairside_follow_ups", "What is to be done later.", labels=["state"])
    try:
        for state, count in (await count_follow_ups(services.database)).items():
            follow_ups.add_metric([state], count)
    except DatabaseUnavailable:
        gauges.append(_gauge("database_up", "Whether the database answers.", 0))
    else:
        gauges += [_gauge("database_up", "Whether the database answers.", 1), follow_ups]
    return gauges


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"chairside_{name}", text, value=value)
