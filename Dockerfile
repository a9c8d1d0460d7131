FROM python:3.12-slim AS build
WORKDIR /srv
RUN python -m venv /venv
COPY requirements.lock ./
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY . .
RUN /venv/bin/python -m app.web.assets && /venv/bin/python -m compileall -q app

FROM python:3.12-slim
# what PDFs are laid out with, and letters beyond Latin
RUN apt-get update -q \
    && apt-get install -yq --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /srv av \
    && install --directory --owner=av --group=av /data
COPY --from=build /venv /venv
COPY --from=build /srv /srv
WORKDIR /srv
USER av
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    DATA_DIR=/data \
    LOG_FORMAT=json
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/health/ready\", timeout=2)"]
CMD ["python", "-m", "app", "run"]
