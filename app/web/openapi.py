"""The description of the JSON API."""

from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from app import __version__

OPENAPI = OpenAPIConfig(
    title="AV-RENTALS",
    version=__version__,
    description=(
        "Fields are snake_case, ids integers, decimals strings, instants ISO 8601 with an offset. "
        "Get a bearer token from POST /api/auth/login."
    ),
    path="/schema",
    render_plugins=[JsonRenderPlugin(path="/openapi.json")],
    components=Components(
        security_schemes={
            "bearer": SecurityScheme(type="http", scheme="bearer", description="24 h, revocable")
        }
    ),
    security=[{"bearer": []}],
)
