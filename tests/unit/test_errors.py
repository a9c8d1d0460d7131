"""Values that nothing can hold are the fault of who sent them, wherever the program trips over them."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from litestar import Litestar, get

from app.web.errors import EXCEPTION_HANDLERS


@get("/api/overflow", include_in_schema=False)
async def overflow() -> str:
    """Trip over a moment before all moments."""
    return str(datetime.min.replace(tzinfo=UTC) - timedelta(days=1))


@get("/api/surrogate", include_in_schema=False)
async def surrogate() -> bytes:
    """Trip over half a character."""
    return "\ud800".encode()


@pytest.mark.parametrize("path", ["/api/overflow", "/api/surrogate"])
async def test_what_cannot_be_held_is_no_fault_of_ours(path: str) -> None:
    app = Litestar([overflow, surrogate], exception_handlers=EXCEPTION_HANDLERS, openapi_config=None)
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get(path)
    assert answer.status_code == 422
    assert answer.json()["code"] == "VALIDATION_ERROR"
