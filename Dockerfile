# The image of `gongkai serve` and `gongkai worker`. Everything that runs is in /opt/gongkai; only /data and /tmp are written, so the root may
# be read-only. BASE is any Debian-like image with Python 3.11 as python3 (its `venv` module is needed in the first stage only).
# `make image-check` builds it without a container engine, and runs it.
# EXTRAS=cluster,ocr adds the recognition of scans (350 MB).
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
ARG EXTRAS=cluster
WORKDIR /src
COPY constraints.txt pyproject.toml setup.cfg README.md LICENSE ./
COPY catalog catalog
# Two secrets that nothing of is kept: how this machine's pip reaches its registry, where it does not do so by default.
RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf \
    --mount=type=secret,id=ca.pem,target=/run/secrets/ca.pem \
    python3 -m venv /tools \
    && /tools/bin/pip wheel --no-cache-dir --wheel-dir /wheels --constraint constraints.txt ".[${EXTRAS}]"
RUN python3 -m venv --without-pip /opt/gongkai \
    && /tools/bin/pip --python /opt/gongkai/bin/python install --no-cache-dir --no-index --find-links /wheels "gongkai[${EXTRAS}]"

FROM ${BASE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Gongkai" \
      org.opencontainers.image.description="An open catalogue and publishing platform for what governments publish" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
RUN groupadd --gid 10001 gongkai \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin gongkai \
    && install --directory --owner=10001 --group=10001 --mode=0750 /data
COPY --from=build /opt/gongkai /opt/gongkai
ENV PATH=/opt/gongkai/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    GONGKAI_DATA_DIR=/data \
    GONGKAI_HOST=0.0.0.0 \
    GONGKAI_LOG_FORMAT=json
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["gongkai", "health"]
ENTRYPOINT ["gongkai"]
CMD ["serve"]
