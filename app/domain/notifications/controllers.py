"""The bell, its popover and the page of all news."""

from typing import Any

from litestar import Request, Response, get, post

from app.domain.notifications.queries import news_for
from app.domain.notifications.service import mark_seen
from app.lib.fields import read_fields, whole_number
from app.web.forms import form_text
from app.web.htmx import wants_partial
from app.web.parameters import Connection, Work
from app.web.permissions import SIGNED_IN
from app.web.render import page, partial, redirect
from app.web.state import viewer_of

IN_POPOVER = 8


@get("/notifications", capability=SIGNED_IN, include_in_schema=False)
async def notifications(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """All news of the last thirty days."""
    news = await news_for(reading, viewer_of(request))
    return page(request, "notifications/page.html", partial="notifications/_list.html", news=news)


@get("/notifications/bell", capability=SIGNED_IN, include_in_schema=False)
async def bell(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """The bell of the top bar with its popover; asked for after the page is there."""
    news = await news_for(reading, viewer_of(request))
    return partial(
        request,
        "notifications/_bell.html",
        news=news[:IN_POPOVER],
        unread_count=sum(1 for one in news if one.unread),
        newest=news[0].id if news else 0,
    )


@post("/notifications/seen", capability=SIGNED_IN, include_in_schema=False)
async def seen(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """Everything up to a change has been seen."""
    fields = read_fields(await form_text(request), {"up_to": whole_number(0, 10**12 - 1)})
    await mark_seen(work, viewer_of(request).id, fields.checked("up_to")["up_to"])
    if wants_partial(request):
        return partial(request, "notifications/_seen.html")
    return redirect(request, "/notifications")


HANDLERS = [notifications, bell, seen]
