# The scraper as a container: `docker build -t news-scraper .`, or see compose.yaml.
#
# /archive   what is kept. A folder of the host mounted here must be writable for uid 10001.
# /config    scraper.toml and sites/. The image brings the shipped configuration.

# Both stages must have the same Python: the environment made in the first runs in the second.
ARG PYTHON=3.12

FROM python:${PYTHON}-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore \
    PYC_INVALIDATION_MODE=UNCHECKED_HASH \
    UV_LINK_MODE=copy \
    UV_NO_CACHE=1 \
    UV_PYTHON_DOWNLOADS=never
WORKDIR /build

# As in the Makefile: the installer is pinned by hash, and so is all that it installs. This layer
# stays until a lock file changes.
COPY requirements requirements
RUN python -m venv /opt/installer \
 && /opt/installer/bin/pip install --quiet --require-hashes -r requirements/installer.txt \
 && python -m venv --without-pip /opt/scraper \
 && /opt/installer/bin/uv pip sync --require-hashes --compile-bytecode \
    --python /opt/scraper/bin/python requirements/run.txt

# The build backend comes from the lock of the development tools, by hash as well.
COPY pyproject.toml README.md LICENSE ./
COPY scraper scraper
RUN /opt/installer/bin/uv build --wheel --require-hashes \
    --build-constraints requirements/dev.txt --out-dir dist . \
 && /opt/installer/bin/uv pip install --no-deps --compile-bytecode \
    --python /opt/scraper/bin/python dist/*.whl

FROM python:${PYTHON}-slim
LABEL org.opencontainers.image.title="news-scraper" \
      org.opencontainers.image.description="Keeps a trustworthy Markdown archive of Chinese news" \
      org.opencontainers.image.licenses="MIT"
# A fixed number, so that volumes and mounted folders keep their owner from image to image.
RUN groupadd --gid 10001 scraper \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent \
    --shell /usr/sbin/nologin scraper \
 && install --directory --owner=10001 --group=10001 /archive
COPY --from=build /opt/scraper /opt/scraper
COPY config /config
ENV PATH=/opt/scraper/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SCRAPER_ARCHIVE__ROOT=/archive \
    SCRAPER_CONFIG=/config/scraper.toml
USER 10001:10001
WORKDIR /archive
VOLUME ["/archive", "/config"]

# Exec form throughout: the scraper itself is process 1 and gets SIGTERM, which the daemon handles.
ENTRYPOINT ["scraper"]
CMD ["daemon"]
HEALTHCHECK --interval=60s --timeout=15s --start-period=60s --retries=3 CMD ["scraper", "health"]
