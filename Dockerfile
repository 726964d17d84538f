# syntax=docker/dockerfile:1
FROM python:3.12-slim-bookworm AS build
WORKDIR /app
ARG REQUIREMENTS=requirements.lock
COPY requirements-bootstrap.lock requirements.lock requirements-cloud.lock pyproject.toml README.md LICENSE ./
RUN python -m venv .venv \
    && .venv/bin/python -m pip install --no-cache-dir --require-hashes -r requirements-bootstrap.lock \
    && .venv/bin/uv pip install --no-cache --python .venv/bin/python --require-hashes -r "$REQUIREMENTS"
COPY config config
COPY kit kit
COPY contracts contracts
COPY language language
COPY knowledge knowledge
COPY tools tools
COPY agent agent
COPY practice practice
COPY webhooks webhooks
COPY rehearsal rehearsal
COPY cli cli
RUN .venv/bin/uv pip install --no-cache --python .venv/bin/python --no-deps --no-build-isolation -e . \
    && .venv/bin/uv pip uninstall --python .venv/bin/python uv

FROM python:3.12-slim-bookworm
RUN useradd --system --create-home --uid 10001 chairside \
    && install --directory --owner=chairside --group=chairside /data
WORKDIR /app
COPY --from=build --chown=root:root /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    CHAIRSIDE_DATA_DIR=/data \
    CHAIRSIDE_SERVER_HOST=0.0.0.0
USER 10001:10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/health/ready', timeout=2)"]
ENTRYPOINT ["chairside"]
CMD ["serve"]
