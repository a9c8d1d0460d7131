"""PDFs hold what they were handed and nothing else."""

import io
import socket
import sys
from typing import Any

import pytest
from PIL import Image, ImageFile

from app.lib.errors import NotInstalled
from app.lib.pdf import LIBRARIES, Resource, laid_out, render_pdf


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((64, 64), 90).save(buffer, "PNG")
    return buffer.getvalue()


async def rendered(html: str, **resources: bytes) -> bytes:
    try:
        return await render_pdf(
            html, {f"/{name}": Resource(data, "image/png") for name, data in resources.items()}
        )
    except NotInstalled:
        pytest.skip("Pango is not installed")


async def test_pictures_come_from_what_was_handed_over() -> None:
    html = '<img src="/logo">'
    with_picture, without = await rendered(html, logo=picture()), await rendered(html)
    assert with_picture.startswith(b"%PDF-")
    assert b"/Subtype /Image" in with_picture
    assert b"/Subtype /Image" not in without


async def test_nothing_is_read_from_the_disk_or_the_network(tmp_path: Any) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(picture())
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0.2)
        there = f"http://127.0.0.1:{server.getsockname()[1]}"
        html = (
            f'<link rel="stylesheet" href="{there}/a.css"><link rel="attachment" href="{secret.as_uri()}">'
            f'<style>@import url("{there}/b.css"); p {{ background: url("{secret.as_uri()}") }}</style>'
            f'<p>Text</p><img src="{secret.as_uri()}"><img src="{there}/c.png"><img src="//127.0.0.1/d.png">'
            f'<svg width="9" height="9"><image href="{secret.as_uri()}" width="9" height="9"/></svg>'
        )
        made = await rendered(html)
        with pytest.raises(TimeoutError):
            server.accept()
    assert b"/Subtype /Image" not in made
    assert b"/EmbeddedFile" not in made


@pytest.mark.parametrize("error", [ImportError("no module"), OSError("cannot load library 'libpango-1.0-0'")])
def test_without_its_libraries_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    class Missing:
        """Finds the library broken, as it is on a system without Pango."""

        def find_spec(self, name: str, *_: Any) -> None:
            if name == "weasyprint":
                raise error

    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    with pytest.raises(NotInstalled, match=LIBRARIES):
        laid_out("<p>Text</p>", {})


async def test_broken_pictures_of_others_are_refused_still() -> None:
    await render_pdf("<p>Text</p>", {})
    assert not ImageFile.LOAD_TRUNCATED_IMAGES
