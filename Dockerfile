# The bot in a container: Python, the pinned libraries, the code, a user without rights, one volume.
#   docker build -t edchat . && docker run --init -v edchat:/data edchat

FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/edchat
ENV PATH=/opt/edchat/bin:$PATH
WORKDIR /src
# The lock first: it changes less often than the code, so this layer is mostly reused.
# It holds the development tools too: one list of hashes, at the price of a larger image.
COPY requirements.lock .
RUN pip install --require-hashes --no-deps --requirement requirements.lock
COPY pyproject.toml README.md ./
COPY bot bot
COPY cogs cogs
COPY migrations migrations
RUN pip install --no-deps --no-build-isolation .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin edchat \
    && install --directory --owner=edchat --group=edchat --mode=0700 /data
COPY --from=build /opt/edchat /opt/edchat
ENV PATH=/opt/edchat/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 EDCHAT_DATA_DIR=/data EDCHAT_LOG_JSON=true
USER edchat
# Only on a local volume: the database's write-ahead log does not hold on network shares.
VOLUME /data
WORKDIR /data
STOPSIGNAL SIGTERM
ENTRYPOINT ["edchat"]
CMD ["run"]
