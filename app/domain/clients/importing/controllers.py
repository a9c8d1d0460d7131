"""Where the pages of client lists used to be."""

from typing import Any

from litestar import Request, Response, get

from app.domain.clients.importing.kind import CLIENTS
from app.web.permissions import CLIENT_WRITE
from app.web.render import redirect

HereRequest = Request[Any, Any, Any]


@get("/clients/import", capability=CLIENT_WRITE, include_in_schema=False)
async def import_page(request: HereRequest) -> Response[str]:
    """Choose a file."""
    return redirect(request, f"{CLIENTS.url}/new")


@get("/clients/import/template.csv", capability=CLIENT_WRITE, include_in_schema=False)
async def template_file(request: HereRequest) -> Response[str]:
    """An empty list with every column we know."""
    return redirect(request, f"{CLIENTS.url}/template.csv")


HANDLERS = [import_page, template_file]
