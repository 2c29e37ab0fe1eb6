# One image for web and worker: non-root, with the libraries and fonts of the documents.
FROM python:3.12-slim-bookworm AS portal

RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PORTAL_DATA_DIR=/data \
    PORTAL_STATIC_DIR=/portal/static

WORKDIR /portal
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes --requirement requirements.lock

COPY manage.py pyproject.toml ./
COPY planning_portal planning_portal
COPY consultations consultations
COPY workshops workshops
COPY actionplans actionplans
COPY templates templates
COPY locale locale

RUN python manage.py i18n_compile \
    && PORTAL_DATA_DIR=/tmp/build python manage.py collectstatic --no-input --verbosity 0 \
    && rm -rf /tmp/build \
    && useradd --system --uid 10001 --home-dir /data portal \
    && mkdir /data \
    && chown portal:portal /data

USER portal
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=120s --retries=5 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/live', timeout=4)"]
CMD ["python", "manage.py", "serve", "--web-only"]
