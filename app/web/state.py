"""What one process holds for as long as it lives, and typed access to it from a request."""

from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment
from litestar import Request
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from app.config import Settings
from app.lib.file_store import FileStore
from app.lib.unit_of_work import SYSTEM, Actor
from app.web.assets import Assets
from app.web.rate_limits import RateLimits
from app.web.viewer import Viewer


@dataclass(slots=True)
class CompanyFacts:
    """What every page says about the company."""

    name: str = "AV-RENTALS"
    city: str = ""
    currency: str = "EUR"
    time_zone: str = "UTC"
    locale: str = "en_GB"


@dataclass(slots=True)
class Runtime:
    """The pieces of the running application.

    `company` is as last read, and None before the shop is set up: what is under way keeps it while a change
    passes by. `company_changes` counts these, `company_read` says after how many it was read.
    """

    settings: Settings
    engine: AsyncEngine
    read_engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    templates: Environment
    assets: Assets
    files: FileStore
    rate_limits: RateLimits
    redis: "Redis | None"
    company: CompanyFacts | None = None
    company_changes: int = 0
    company_read: int = -1
    cached: dict[str, Any] = field(default_factory=dict[str, Any])


def runtime(request: Any) -> Runtime:
    """The runtime behind a request or connection."""
    return request.app.state.runtime


def viewer_of(request: Any) -> Viewer:
    """Who is signed in. Only for handlers that are not public: the guard has seen to it."""
    viewer = request.scope.get("user")
    if viewer is None:
        raise RuntimeError("a handler without a capability asked for its viewer")
    return viewer


def actor_of(request: Request[Any, Any, Any]) -> Actor:
    """Who acts in this request: the viewer, or the system while nobody is signed in."""
    viewer: Viewer | None = request.scope.get("user")
    ip, request_id = client_ip(request), request_id_of(request)
    if viewer is None:
        return Actor(SYSTEM.id, SYSTEM.name, ip=ip, request_id=request_id)
    return viewer.actor(ip, request_id)


def client_ip(request: Any) -> str:
    """The address the request came from, behind trusted proxies."""
    return request.scope.get("client_ip", "")


def request_id_of(request: Any) -> str:
    """The id that also stands in the log and on error pages."""
    return request.scope.get("request_id", "")


def public_address(request: Request[Any, Any, Any]) -> str:
    """Where people reach us from outside, without a slash at the end: what links that are sent begin with."""
    return runtime(request).settings.public_url or str(request.base_url).rstrip("/")
