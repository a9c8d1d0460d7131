"""Papers as pages to print and as PDFs: one template for both, so that they cannot differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from litestar import Response

from app.db.models.company import PAPER_SIZES
from app.domain.inventory.labels import qr_path
from app.domain.papers.facts import Letterhead, PaperEvent
from app.domain.papers.moments import Clock
from app.domain.prep.codes import PaperCode
from app.lib.clock import now
from app.lib.content_disposition import inline
from app.lib.errors import NotInstalled
from app.lib.file_store import FileMissingError
from app.lib.pdf import Resource, render_pdf
from app.web.render import html, page
from app.web.state import Runtime, runtime, viewer_of

STYLE: Final = "printed.css"
_FONTS: Final = ("inter-latin-wght-normal.woff2", "inter-latin-ext-wght-normal.woff2")
# what viewers of PDFs in browsers need besides the file itself
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; object-src 'self'; style-src 'unsafe-inline';"
    " img-src 'self' data:; frame-ancestors 'none'",
    "Cache-Control": "private, no-store",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper about to be printed: what it is called, whose it is, and the template with what that shows.

    `name` is how it is called in the file name. `pictures` are files of the file store that it shows.
    """

    kind: str
    name: str
    title: str
    template: str
    company: Letterhead
    event: PaperEvent
    context: Mapping[str, Any]
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells one print from another: its code, drawn and in words, when it was printed and by whom."""

    code: PaperCode
    path: str
    modules: int
    printed_at: datetime
    printed_by: str

    @property
    def number(self) -> str:
        """The number of the paper: its kind and its event."""
        return f"{self.code.kind}-{self.code.event_id}"


async def as_page(request: Any, paper: Paper) -> Response[str]:
    """The paper on a desk on the screen, which is what a browser prints."""
    return _desk(request, paper)


async def as_pdf(request: Any, paper: Paper) -> Response[Any]:
    """The paper as a PDF; where libraries are missing the page, with 501 and what to install."""
    text = html(request, paper.template, {**_context(request, paper), "as_pdf": True})
    try:
        content = await render_pdf(text, await _resources(runtime(request), paper))
    except NotInstalled as error:
        return _desk(request, paper, status=error.status, problem=error.message)
    name = inline(f"{paper.name} {paper.event.name}.pdf")
    headers = {**_HEADERS, "Content-Disposition": name}
    return Response(content, media_type="application/pdf", headers=headers)


def _desk(request: Any, paper: Paper, *, status: int = 200, problem: str = "") -> Response[str]:
    context = _context(request, paper)
    return page(request, paper.template, status=status, **context, as_pdf=False, problem=problem)


def size_of(request: Any, company: Letterhead) -> str:
    """The size of the paper: what the address asks for, else that of the shop."""
    wanted = str(request.query_params.get("size", "")).lower()
    return next((size for size in PAPER_SIZES if size.lower() == wanted), company.paper_size)


def _context(request: Any, paper: Paper) -> dict[str, Any]:
    code = PaperCode(paper.kind, paper.event.id, paper.event.revision)
    path, modules = qr_path(code.text)
    return {
        **paper.context,
        "title": paper.title,
        "letterhead": paper.company,
        "event": paper.event,
        "size": size_of(request, paper.company),
        "sizes": PAPER_SIZES,
        "query": dict(request.query_params),
        "page_url": request.url.path.removesuffix(".pdf"),
        "clock": Clock(ZoneInfo(paper.company.time_zone), paper.company.locale),
        "stamp": Stamp(code, path, modules, now(), viewer_of(request).name),
    }


async def _resources(here: Runtime, paper: Paper) -> dict[str, Resource]:
    """The style, the fonts and the pictures of a paper: all that it may refer to."""
    assets = here.assets
    found = {
        assets.url(name): Resource((assets.directory / assets.files[name]).read_bytes(), media_type)
        for name, media_type in ((STYLE, "text/css"), *((font, "font/woff2") for font in _FONTS))
    }
    for name in paper.pictures:
        try:
            content = await here.files.read_async(name)
        except FileMissingError:
            continue
        found[f"/photos/{name}"] = Resource(content, "image/webp")
    return found
