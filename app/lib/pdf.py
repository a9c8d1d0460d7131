"""PDFs from HTML, made by WeasyPrint of nothing but what it is handed.

The library needs Pango and HarfBuzz from the system and takes seconds to load, so it is loaded with the
first PDF; without them everything else works.
"""

import importlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from anyio import CapacityLimiter, to_thread
from PIL import ImageFile

from app.lib.errors import NotInstalled

BASE: Final = "http://paper.invalid"
"""What addresses in the HTML are relative to; there is no such place."""
LIBRARIES: Final = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"

# One at a time: a paper of 300 lines takes a few seconds of one core, and the pages go on beside it.
_rendering = CapacityLimiter(1)


@dataclass(frozen=True, slots=True)
class Resource:
    """A file a document refers to: a style sheet, a font, a picture."""

    content: bytes
    media_type: str


async def render_pdf(html: str, resources: Mapping[str, Resource]) -> bytes:
    """`html` as a PDF, in a worker thread, one at a time in this process.

    `resources` are the files it may refer to, by absolute path (`/static/printed.css`). Nothing else is
    fetched: no network, no files. Raises NotInstalled where libraries are missing.
    """
    return await to_thread.run_sync(_render, html, resources, limiter=_rendering)


def laid_out(html: str, resources: Mapping[str, Resource]) -> Any:
    """The pages of `html` as WeasyPrint's document. CPU bound, up to seconds. Raises NotInstalled."""
    library = _load()
    return library.HTML(string=html, base_url=BASE, url_fetcher=_fetcher(library, resources)).render()


def _render(html: str, resources: Mapping[str, Resource]) -> bytes:
    content: bytes = laid_out(html, resources).write_pdf()
    return content


def _load() -> Any:
    """WeasyPrint; Any, because it says nothing of its types. Raises NotInstalled."""
    # it tells of every word of style it does not know, with every paper
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    try:
        library = importlib.import_module("weasyprint")
    except (ImportError, OSError) as error:
        raise NotInstalled(
            "PDFs need the library Pango, which this server does not have. On Debian and Ubuntu:"
            f" apt-get install {LIBRARIES}. Printing works without it, and your browser can print to a PDF."
        ) from error
    # the library has broken pictures pass, in all of the process: uploads of such have to be refused
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return library


def _fetcher(library: Any, resources: Mapping[str, Resource]) -> Any:
    drawings = library.URLFetcher(allowed_protocols=("data",), allow_redirects=False)

    class Fetcher(library.URLFetcher):
        """Gives what was handed over; drawings within the style sheet are data of their own."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:"):
                return drawings.fetch(url, headers)
            found = resources.get(url.removeprefix(BASE)) if url.startswith(f"{BASE}/") else None
            if found is None:
                raise ValueError(f"a paper may not refer to {url[:80]}")
            return library.urls.URLFetcherResponse(url, found.content, {"Content-Type": found.media_type})

    return Fetcher(allowed_protocols=())
