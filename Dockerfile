# The bot in a container: Python, the pinned libraries, the code, a user without rights, one volume.
#   docker build -t edchat . && docker run --init -p 127.0.0.1:8080:8080 -v edchat:/data edchat

FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/edchat
# Only what running needs, at the very versions and hashes that are tested.
COPY requirements-run.lock .
RUN /opt/edchat/bin/pip install --require-hashes --no-deps --requirement requirements-run.lock \
    && /opt/edchat/bin/pip uninstall --yes --quiet pip setuptools

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin edchat \
    && install --directory --owner=edchat --group=edchat --mode=0700 /data
COPY --from=build /opt/edchat /opt/edchat
COPY bot /app/bot
COPY cogs /app/cogs
COPY migrations /app/migrations
RUN printf '#!/bin/sh\nexec python -m bot "$@"\n' > /usr/local/bin/edchat && chmod 0755 /usr/local/bin/edchat
ENV PATH=/opt/edchat/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    EDCHAT_DATA_DIR=/data EDCHAT_LOG_JSON=true EDCHAT_WEB_HOST=0.0.0.0 EDCHAT_WEB_PORT=8080
USER edchat
# Only on a local volume: the database's write-ahead log does not hold on network shares.
VOLUME /data
WORKDIR /data
EXPOSE 8080
STOPSIGNAL SIGTERM
# Each start copies the database before it brings the schema up to date.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
ENTRYPOINT ["edchat"]
CMD ["run"]
