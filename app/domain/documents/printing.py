"""Papers about money as pages to print and as PDFs, from one template; in a request and in a job."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from jinja2 import Environment
from litestar import Response

from app.config import Settings
from app.db.models.company import PAPER_SIZES
from app.domain.documents.content import Document, Sender
from app.domain.documents.sheet import Acceptance, sheet_of
from app.domain.documents.wording import Wording
from app.lib.content_disposition import inline
from app.lib.errors import NotInstalled
from app.lib.file_store import FileMissingError, FileStore
from app.lib.pdf import Resource, render_pdf
from app.web.assets import Assets, load_assets
from app.web.render import create_templates, page
from app.web.state import Runtime, runtime

STYLE: Final = "documents.css"
FONTS: Final = ("inter-latin-wght-normal.woff2", "inter-latin-ext-wght-normal.woff2")
PHOTOS: Final = "/photos"
# what viewers of PDFs in browsers need besides the file itself
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; object-src 'self'; style-src 'unsafe-inline';"
    " img-src 'self' data:; frame-ancestors 'none'",
    "Cache-Control": "private, no-store",
}


@dataclass(frozen=True, slots=True)
class Press:
    """What PDFs are made with: templates, built styles and fonts, kept pictures."""

    templates: Environment
    assets: Assets
    files: FileStore


def press_of(here: Runtime) -> Press:
    """The press of a running application."""
    return Press(here.templates, here.assets, here.files)


def open_press(settings: Settings, files: FileStore) -> Press:
    """A press for a worker that is a process of its own. Reads and, where they are stale, builds styles."""
    assets = load_assets(settings.static_dir)
    return Press(create_templates(settings, assets), assets, files)


class AnySheet(Protocol):
    """A sheet to print: its file is called by its `name`; `files` are the pictures it shows."""

    @property
    def caption(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def sender(self) -> Sender: ...
    @property
    def words(self) -> Wording: ...
    @property
    def files(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Print:
    """A sheet about to be printed, by its template; `back_url` is where its page leads back to."""

    sheet: AnySheet
    back_url: str = "/"
    template: str = "documents/paper.html"


def print_of(
    document: Document,
    *,
    is_draft: bool = False,
    acceptance: Acceptance | None = None,
    back_url: str = "/",
) -> Print:
    """A document to print."""
    return Print(sheet_of(document, is_draft=is_draft, acceptance=acceptance, on_paper=True), back_url)


async def pdf_of(press: Press, paper: Document | Print, *, size: str = "A4") -> bytes:
    """A document, or what `print_of` made of it, as a PDF. CPU bound for seconds, in a worker thread.

    `size` is A4 or Letter. Raises NotInstalled where libraries are missing.
    """
    return await render_pdf(*await rendered(press, paper, size=size))


async def rendered(
    press: Press, paper: Document | Print, *, size: str = "A4"
) -> tuple[str, dict[str, Resource]]:
    """What the PDF of a paper is laid out from: its HTML, and all the files that this may refer to."""
    made = print_of(paper) if isinstance(paper, Document) else paper
    context = {**_context(made, size), "as_pdf": True, "viewer": None}
    text = press.templates.get_template(made.template).render(context)
    return text, await _resources(press, made.sheet)


def name_of(paper: Document | Print) -> str:
    """How the file of a PDF is called, such as `Quote Q-2026-0187.pdf`."""
    made = print_of(paper) if isinstance(paper, Document) else paper
    return f"{made.sheet.name}.pdf"


async def page_of(
    request: Any, paper: Print, *, size: str, status: int = 200, problem: str = ""
) -> Response[str]:
    """The paper on a desk on the screen, which is what a browser prints."""
    return page(
        request,
        paper.template,
        status=status,
        **_context(paper, size),
        as_pdf=False,
        problem=problem,
        query=dict(request.query_params),
        page_url=request.url.path.removesuffix(".pdf"),
        back_url=paper.back_url,
        sizes=PAPER_SIZES,
    )


async def answer_of(request: Any, paper: Print, *, size: str) -> Response[Any]:
    """The page, or the PDF where the address ends in `.pdf`.

    Where libraries are missing, the page with 501 and what to install.
    """
    if not request.url.path.endswith(".pdf"):
        return await page_of(request, paper, size=size)
    try:
        content = await pdf_of(press_of(runtime(request)), paper, size=size)
    except NotInstalled as error:
        return await page_of(request, paper, size=size, status=error.status, problem=error.message)
    headers = {**HEADERS, "Content-Disposition": inline(name_of(paper))}
    return Response(content, media_type="application/pdf", headers=headers)


def size_of(wanted: str, usual: str) -> str:
    """The size of the paper: what was asked for, else that of the shop."""
    return next((size for size in PAPER_SIZES if size.lower() == wanted.lower()), usual)


def _context(paper: Print, size: str) -> Mapping[str, Any]:
    return {
        "sheet": paper.sheet,
        "size": size,
        "title": paper.sheet.caption,
        "letterhead": paper.sheet.sender,
        "language": paper.sheet.words.language,
    }


async def _resources(press: Press, sheet: AnySheet) -> dict[str, Resource]:
    """The style, the fonts and the pictures of a paper: all that it may refer to."""
    assets = press.assets
    found = {
        assets.url(name): Resource((assets.directory / assets.files[name]).read_bytes(), media_type)
        for name, media_type in ((STYLE, "text/css"), *((font, "font/woff2") for font in FONTS))
    }
    for name in sheet.files:
        try:
            content = await press.files.read_async(name)
        except FileMissingError:
            continue
        found[f"{PHOTOS}/{name}"] = Resource(content, "image/webp")
    return found
