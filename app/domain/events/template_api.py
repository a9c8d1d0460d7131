"""Gear templates in the API."""

from litestar import Response, get
from litestar.di import NamedDependency

from app.domain.events.api_schemas import GearTemplateRecord
from app.domain.events.template_queries import TEMPLATES
from app.web.api import ListAnswer, api_router, listing
from app.web.api_paging import PageRequest
from app.web.parameters import Connection
from app.web.permissions import RENTAL_READ


@get("/gear-templates", capability=RENTAL_READ, dependencies=listing())
async def list_templates(
    reading: Connection, paging: NamedDependency[PageRequest]
) -> Response[ListAnswer[GearTemplateRecord]]:
    """List the gear templates by name."""
    return await TEMPLATES.page(reading, paging, [])


API = api_router("Events", [list_templates])
