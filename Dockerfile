# One base image, Debian's own, for every service: docker-compose.yml picks the target.

FROM debian:trixie-slim AS base
ENV LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive
# Keys made by the first start are shared through this group alone: between db, web and worker in /keys, db and set-up
# in /owner-key, cache, web and worker in /cache-key.
RUN groupadd --gid 10001 keys && install -d -m 2770 -g keys /keys /owner-key /cache-key

# ── db: PostgreSQL 17 with PostGIS ────────────────────────────────────────────────────────────────
FROM base AS db
# The package would make and start a cluster of its own.
RUN mkdir -p /etc/postgresql-common/createcluster.d \
    && echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/none.conf \
    && apt-get update \
    && apt-get install -y --no-install-recommends postgresql-17 postgresql-17-postgis-3 \
    && rm -rf /var/lib/apt/lists/* \
    && usermod --append --groups keys postgres \
    && install -d -m 700 -o postgres -g postgres /var/lib/postgresql/data \
    && install -d -m 2750 -o postgres -g keys /keys /owner-key
ENV PATH=/usr/lib/postgresql/17/bin:$PATH PGDATA=/var/lib/postgresql/data
COPY --chmod=755 ops/container/db-start ops/container/db-roles /usr/local/bin/
USER postgres
VOLUME /var/lib/postgresql/data /keys /owner-key
EXPOSE 5432
STOPSIGNAL SIGINT
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=5 \
    CMD ["psql", "-h", "/tmp", "-qtAc", "SELECT postgis_lib_version()", "geo_portal"]
CMD ["db-start"]

# ── scale: what several machines need of Debian: Patroni, etcd, HAProxy, PgBouncer, pgBackRest ─────────
FROM db AS scale
USER root
RUN apt-get update \
    && apt-get install -y --no-install-recommends patroni python3-etcd etcd-server haproxy pgbouncer pgbackrest \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -m 700 -o postgres -g postgres /var/lib/etcd /backrest
COPY --chmod=755 ops/container/patroni-start ops/container/pooler-start /usr/local/bin/
COPY ops/container/patroni.yml ops/container/pgbackrest.conf /etc/
COPY ops/container/haproxy.cfg /etc/haproxy/haproxy.cfg
USER postgres
VOLUME /var/lib/etcd /backrest
CMD ["patroni-start"]

# ── cache: Valkey, kept in memory only ────────────────────────────────────────────────────────────
FROM base AS cache
RUN apt-get update && apt-get install -y --no-install-recommends valkey-server && rm -rf /var/lib/apt/lists/* \
    && usermod --append --groups keys valkey
COPY --chmod=755 ops/container/cache-start ops/container/cache-healthy /usr/local/bin/
USER valkey
VOLUME /cache-key
EXPOSE 6379
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=5 CMD ["cache-healthy"]
CMD ["cache-start"]

# ── proxy: nginx ──────────────────────────────────────────────────────────────────────────────────
FROM base AS proxy
RUN apt-get update && apt-get install -y --no-install-recommends nginx-light && rm -rf /var/lib/apt/lists/*
COPY ops/container/nginx.conf /etc/nginx/nginx.conf
COPY --chmod=755 ops/container/proxy-healthy ops/container/proxy-start /usr/local/bin/
RUN install -d -m 700 -o www-data /spool
USER www-data
VOLUME /spool
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=5 CMD ["proxy-healthy"]
CMD ["proxy-start", "-g", "daemon off;"]

# ── the web build ─────────────────────────────────────────────────────────────────────────────────
FROM base AS web-build
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm && rm -rf /var/lib/apt/lists/*
WORKDIR /app/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web ./
COPY ui/tokens.json ../ui/tokens.json
RUN npm run build

# ── Python, what GeoDjango loads and what reports are printed with ───────────────────────────────────────────────────────────────
FROM base AS python
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3.13 openssl libgdal36 libgeos-c1t64 libarchive13t64 postgresql-client-17 \
       libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk ffmpeg \
    && rm -rf /var/lib/apt/lists/*
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1

FROM python AS python-packages
RUN apt-get update && apt-get install -y --no-install-recommends python3.13-venv && rm -rf /var/lib/apt/lists/*
COPY requirements.txt requirements-s3.txt ./
# What a bucket needs is 17 MB, and most sites have a folder.
ARG FILES_BUCKET=""
RUN python3.13 -m venv /opt/venv \
    && python -m pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.txt \
       ${FILES_BUCKET:+-r requirements-s3.txt}

FROM base AS source
RUN apt-get update && apt-get install -y --no-install-recommends gettext && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY . .
RUN find . -name '*.po' -execdir msgfmt --check-format -o django.mo {} ';'

# ── web, worker and the one-time set-up ───────────────────────────────────────────────────────────
FROM python AS app
RUN useradd --uid 10001 --gid keys --no-create-home --home-dir /tmp map \
    && install -d -m 750 -o map -g keys /app/var && install -d -m 700 -o map -g keys /backups
COPY --from=python-packages /opt/venv /opt/venv
COPY --from=source /app /app
COPY --from=web-build /app/web/dist /app/web/dist
COPY --chmod=755 ops/container/with-keys ops/container/set-up ops/container/web-healthy ops/container/worker-healthy ops/container/or-end /usr/local/bin/
WORKDIR /app
ENV VAR_DIR=/app/var DJANGO_SETTINGS_MODULE=geo_portal.settings
# What each start would do again: the sources compiled (nothing can be written here later), the static files packed.
RUN python -m compileall -q . \
    && SECRET_KEY=only-for-this-step DEMO=1 VAR_DIR=/tmp/made python manage.py collectstatic --noinput --verbosity=0 \
    && python -m whitenoise.compress --quiet /tmp/made/static \
    && mv /tmp/made/static /app/static-files && rm -rf /tmp/made
USER map
VOLUME /app/var
EXPOSE 8000
ENTRYPOINT ["with-keys"]
CMD ["python", "-m", "geo_portal.web_server", "--host", "0.0.0.0", "--port", "8000", "--servers", "2", "--threads", "96"]
