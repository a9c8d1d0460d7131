"""From a request to typed fields, and from errors back to the same form with everything kept."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from litestar import Request, Response
from litestar.datastructures import UploadFile

from app.lib.errors import EditConflict, InvalidInput
from app.web.errors import Rejected
from app.web.state import client_ip, runtime
from app.web.viewer import Viewer


async def form_text(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The text fields of a form; of repeated ones the last (a checkbox behind its hidden twin)."""
    form = await request.form()
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


async def form_list(request: Request[Any, Any, Any], name: str) -> list[str]:
    """All values of a repeated field."""
    form = await request.form()
    return [value for value in form.getall(name, []) if isinstance(value, str)]


async def form_file(request: Request[Any, Any, Any], name: str) -> UploadFile | None:
    """An uploaded file, or None when nothing was chosen."""
    value = (await request.form()).get(name)
    return value if isinstance(value, UploadFile) and value.filename else None


async def count_upload(request: Request[Any, Any, Any]) -> None:
    """Count one more upload of this person, or address while nobody is signed in. Raises TooManyRequests."""
    viewer: Viewer | None = request.scope.get("user")
    here, key = runtime(request), f"upload:{viewer.id if viewer else client_ip(request)}"
    await here.rate_limits.count(key, here.settings.upload_rate_limit, "That was a lot of uploads.")


@contextmanager
def rejecting(
    invalid: Callable[[dict[str, str]], Response[Any]],
    conflict: Callable[[EditConflict], Response[Any]] | None = None,
) -> Generator[None]:
    """Turn refusals inside the block into the same form again; the transaction rolls back."""
    try:
        yield
    except InvalidInput as error:
        raise Rejected(invalid(error.fields)) from error
    except EditConflict as error:
        if conflict is None:
            raise
        raise Rejected(conflict(error)) from error
