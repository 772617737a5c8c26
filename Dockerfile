# How to build and run this: docs/containers.md.

# 3.12 is the newest Python for which the packages that read Japanese for XTTS-v2 have wheels.
ARG BASE_IMAGE=python:3.12-slim-bookworm

FROM ${BASE_IMAGE} AS builder
# A few packages come as source only; the constraints pin what they are built with. Older versions of
# pip read the first variable for that, newer ones the second.
ENV PATH=/opt/aloud/bin:$PATH \
    PIP_CONSTRAINT=/src/requirements.txt \
    PIP_BUILD_CONSTRAINT=/src/requirements.txt \
    PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python3 -m venv /opt/aloud

COPY requirements.txt ./
COPY requirements/ requirements/
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --require-hashes --no-deps -r requirements/core.txt

# Any of xtts, pocket, groq, postgres, recogniser, chatterbox, separated by commas.
ARG EXTRAS=""
RUN --mount=type=cache,target=/root/.cache/pip \
    set -e; IFS=", "; \
    for extra in $EXTRAS; do \
      case "$extra" in \
        xtts | pocket | groq | postgres | recogniser) \
          pip install --require-hashes --no-deps -r "requirements/$extra.txt" ;; \
        chatterbox) \
          pip install --require-hashes --no-deps -r requirements/xtts.txt; \
          pip install --require-hashes --no-deps -r requirements/chatterbox.txt ;; \
        *) \
          echo "EXTRAS: there is no '$extra'; use xtts, pocket, groq, postgres, recogniser, chatterbox." >&2; \
          exit 1 ;; \
      esac; \
    done

# Aloud is installed apart from its packages, so that their layer is reused when only code changes.
COPY pyproject.toml README.md LICENSE ./
COPY tts_core/ tts_core/
RUN pip install --no-cache-dir --no-deps --no-build-isolation --no-index --prefix /opt/code .


FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="Aloud" \
      org.opencontainers.image.description="Text-to-speech studio: web page, streaming APIs, 116 languages." \
      org.opencontainers.image.licenses="MIT"

# Libraries keep their caches in the home directory, and so on the volume.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data \
      --shell /usr/sbin/nologin aloud \
    && install --directory --owner=aloud --group=aloud /data

COPY --from=builder /opt/aloud /opt/aloud
COPY --from=builder /opt/code /opt/aloud

ENV PATH=/opt/aloud/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/data \
    TTS_DATA_DIR=/data \
    TTS_HOST=0.0.0.0 \
    TTS_PORT=7860
# A number, by which Kubernetes can verify that the user is not root.
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 7860
# The signal of Ctrl-C; Aloud treats SIGTERM the same.
STOPSIGNAL SIGINT

# A proxy from the environment is not used: it would look for the address on its own machine.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-I", "-c", "import os, urllib.request as u; u.build_opener(u.ProxyHandler({})).open('http://127.0.0.1:' + os.environ['TTS_PORT'] + '/health', timeout=4)"]

CMD ["aloud", "run"]
