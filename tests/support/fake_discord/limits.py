"""Discord's rate limits as it counts them: 50 requests a second, 5 messages in 5 s in a channel."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from tests.support.fake_discord.faults import API, Handler, too_many

POSTING: Final = re.compile(r"/channels/(\d+)/messages")
EVERYWHERE: Final = (50, 1.0)
IN_A_CHANNEL: Final = (5, 5.0)


@dataclass
class Bucket:
    """So many requests in so many seconds."""

    most: int
    seconds: float
    began: float = float("-inf")
    used: int = 0

    def take(self, now: float) -> bool:
        """Count a request, and tell whether it was one too many."""
        if now - self.began >= self.seconds:
            self.began, self.used = now, 0
        self.used += 1
        return self.used > self.most

    def left(self, now: float) -> float:
        """Give the seconds until it is empty again."""
        return max(0.0, self.began + self.seconds - now)


@dataclass
class Limits:
    """Every bucket; `on` says whether anything is limited at all."""

    on: bool
    in_a_channel: tuple[int, float] = IN_A_CHANNEL
    everywhere: Bucket = field(default_factory=lambda: Bucket(*EVERYWHERE))
    channels: dict[str, Bucket] = field(default_factory=dict)
    said_too_many: int = 0

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Count each request and refuse those that are too many."""
        path = request.path.removeprefix(API)
        if not self.on or not request.path.startswith(API) or path.startswith(("/interactions", "/webhooks")):
            return await handler(request)
        now = asyncio.get_running_loop().time()
        if self.everywhere.take(now):
            self.said_too_many += 1
            return too_many(round(self.everywhere.left(now), 3), "global")
        found = POSTING.fullmatch(path) if request.method == "POST" else None
        if found is None:
            return await handler(request)
        bucket = self.channels.setdefault(found[1], Bucket(*self.in_a_channel))
        if bucket.take(now):
            self.said_too_many += 1
            return too_many(round(bucket.left(now), 3), "user", headers(bucket, now))
        response = await handler(request)
        response.headers.update(headers(bucket, now))
        return response


def headers(bucket: Bucket, now: float) -> dict[str, str]:
    """Give what Discord says about a bucket with each answer."""
    left = bucket.left(now)
    return {
        "Via": "1.1 google",
        "X-RateLimit-Limit": str(bucket.most),
        "X-RateLimit-Remaining": str(max(0, bucket.most - bucket.used)),
        "X-RateLimit-Reset": f"{time.time() + left:.3f}",
        "X-RateLimit-Reset-After": f"{left:.3f}",
        "X-RateLimit-Bucket": "messages-of-a-channel",
    }
