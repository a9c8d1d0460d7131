"""The front-end files: what is vendored is what was published, and what is served is what was written."""

import gzip
import hashlib
import json
import re
import shutil
from pathlib import Path

import brotli
import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar

from app.web.assets import Assets, build, create_root_handlers, create_static_handler, load_assets
from app.web.assets.css import data_address, inline_imports, minify

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
RECORD = json.loads((STATIC / "vendor/vendor.json").read_text("utf-8"))
VENDORED = {file["path"]: file["sha256"] for package in RECORD for file in package["files"]}
ICONS = set((STATIC / "icons/icons.txt").read_text("utf-8").split())


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("assets") / "static"
    shutil.copytree(STATIC, copy, ignore=shutil.ignore_patterns("dist"))
    return copy


@pytest.fixture(scope="module")
def assets(tree: Path) -> Assets:
    return build(tree)


def content(assets: Assets, logical: str) -> str:
    return (assets.directory / assets.files[logical]).read_text("utf-8")


@pytest.mark.parametrize("path", sorted(VENDORED))
def test_vendored_file_is_as_recorded(path: str) -> None:
    assert hashlib.sha256((ROOT / path).read_bytes()).hexdigest() == VENDORED[path]


def test_every_vendored_file_is_recorded_with_a_licence_beside_it() -> None:
    found = [path for root in (STATIC / "vendor", ROOT / "tests/e2e/vendor") for path in root.rglob("*")]
    files = {str(path.relative_to(ROOT)) for path in found if path.is_file() and path.name != "vendor.json"}
    assert files == {path for path in VENDORED if not path.startswith("static/icons/")}
    for package in RECORD:
        assert package["version"]
        assert package["licence"]
        assert any(Path(file["path"]).name == "LICENSE" for file in package["files"])


def test_sprite_holds_the_listed_icons_and_no_other() -> None:
    sprite = (STATIC / "icons/icons.svg").read_text("utf-8")
    assert set(re.findall(r'<symbol id="([^"]+)"', sprite)) == ICONS


def test_every_icon_a_template_names_is_in_the_sprite() -> None:
    named: dict[str, Path] = {}
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text("utf-8")
        for name in re.findall(r'\b(?:icon|thumb)\(\s*"([a-z0-9-]+)"', text):
            named[name] = path
    assert named
    assert {name: str(path) for name, path in named.items() if name not in ICONS} == {}


def test_parts_of_a_script_stand_behind_it_and_libraries_before(assets: Assets) -> None:
    bench, decoder = content(assets, "bench.js"), content(assets, "decoder.js")
    assert 0 <= bench.index("av.bench=") < bench.index("av.store=")
    assert 0 <= decoder.index("jsQR") < decoder.index("av.decode=")


@pytest.mark.parametrize(
    ("written", "served"),
    [
        (".a :is(th, td):first-child { margin : 0 }", ".a :is(th,td):first-child{margin :0}"),
        (".a > .b + .c ~ .d { }", ".a > .b + .c ~ .d{}"),
        ("a { width: calc(100% - (2px + 1px)); }", "a{width:calc(100% - (2px + 1px))}"),
        ('/* it\'s "fine" */ a { content: "/* kept  ; */"; }', 'a{content:"/* kept  ; */"}'),
        ("@media (min-width: 1px) and (x) { a { b: c; } }", "@media (min-width:1px) and (x){a{b:c}}"),
        (
            ":root { --a: light-dark(#fff, rgb(0 0 0 / 0.4)); }",
            ":root{--a:light-dark(#fff,rgb(0 0 0 / 0.4))}",
        ),
        ("@starting-style { dialog[open] { opacity: 0; } }", "@starting-style{dialog[open]{opacity:0}}"),
        ("a { font: 400 1rem/1.4 x; margin: 0 !important; }", "a{font:400 1rem/1.4 x;margin:0 !important}"),
        (
            'a { b: url("data:image/svg+xml,%3Csvg a, b%3E"); }',
            'a{b:url("data:image/svg+xml,%3Csvg a, b%3E")}',
        ),
        (".a { &:hover { c: d; } & .e { f: g; } }", ".a{&:hover{c:d}& .e{f:g}}"),
    ],
)
def test_minify_removes_only_what_means_nothing(written: str, served: str) -> None:
    assert minify(written) == served


def test_imports_are_inlined_with_their_layers_in_order(tmp_path: Path) -> None:
    (tmp_path / "one.css").write_text("a{b:c}")
    (tmp_path / "two.css").write_text("d{e:f}")
    (tmp_path / "free.css").write_text("g{h:i}")
    (tmp_path / "app.css").write_text(
        '@layer kit, base; @import url("one.css") layer(kit); @import url("two.css") layer(kit);'
        '@import url("free.css"); @import url("one.css") layer(base);'
    )
    sheet = inline_imports(tmp_path / "app.css", str)
    assert sheet == "@layer kit,base;@layer kit{a{b:c}d{e:f}}g{h:i}@layer base{a{b:c}}"


def test_an_import_inside_an_import_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.css").write_text('@import url("two.css");')
    (tmp_path / "app.css").write_text('@import url("one.css");')
    with pytest.raises(ValueError, match="imports another sheet"):
        inline_imports(tmp_path / "app.css", str)


def test_data_address_may_stand_between_quotes() -> None:
    address = data_address('<svg a="b"><path d="M0 0#"/></svg>\n')
    assert address == "data:image/svg+xml,%3Csvg a='b'%3E%3Cpath d='M0 0%23'/%3E%3C/svg%3E"


def test_sheet_names_only_files_that_are_built(assets: Assets) -> None:
    sheet = content(assets, "app.css")
    assert "@import" not in sheet
    assert "/*" not in sheet
    addresses = [found for found in re.findall(r'url\("([^"]+)"\)', sheet) if not found.startswith("data:")]
    assert addresses
    assert set(addresses) <= set(assets.files.values())


def test_scripts_are_whole_and_in_order(assets: Assets, tree: Path) -> None:
    script = content(assets, "app.js")
    assert script.index("globalThis.av") < script.index("DOMContentLoaded")
    for path in (tree / "js").glob("*.js"):
        code = re.sub(r"^\s*//.*$", "", path.read_text("utf-8"), flags=re.MULTILINE)
        words = re.findall(r'"[a-z:_-]{5,}"', code)
        assert words
        assert [word for word in words if word not in script] == []
    assert "sourceMappingURL" not in content(assets, "vendor.js")


def test_installable_manifest_has_its_icons(assets: Assets) -> None:
    manifest = json.loads(content(assets, "manifest.webmanifest"))
    icons = {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= icons
    for icon in manifest["icons"]:
        assert icon["src"].removeprefix("/static/") in assets.files.values()


def test_build_is_reproducible_and_compressed_siblings_hold_the_same(assets: Assets, tree: Path) -> None:
    first = {path.name: path.read_bytes() for path in assets.directory.iterdir()}
    shutil.rmtree(assets.directory)
    build(tree)
    assert {path.name: path.read_bytes() for path in assets.directory.iterdir()} == first
    packed = [name for name in first if name.endswith((".br", ".gz"))]
    assert {assets.files["app.css"] + ".br", assets.files["app.js"] + ".gz"} <= set(packed)
    for name in packed:
        unpack = brotli.decompress if name.endswith(".br") else gzip.decompress
        assert unpack(first[name]) == first[name[:-3]]


def test_a_cold_page_has_room_for_its_html(assets: Assets) -> None:
    compressed = ("app.css", "app.js", "vendor.js", "icons.svg", "mark.svg")
    weight = sum((assets.directory / f"{assets.files[name]}.br").stat().st_size for name in compressed)
    weight += (assets.directory / assets.files["inter-latin-wght-normal.woff2"]).stat().st_size
    assert weight <= 100_000


def test_stale_files_are_built_again_unless_told_not_to(tmp_path: Path) -> None:
    tree = tmp_path / "static"
    shutil.copytree(STATIC, tree, ignore=shutil.ignore_patterns("dist"))
    with pytest.raises(FileNotFoundError, match="is not built"):
        load_assets(tree, rebuild=False)
    before = load_assets(tree)
    stamp = (before.directory / "manifest.json").stat().st_mtime_ns
    assert load_assets(tree).files == before.files
    assert (before.directory / "manifest.json").stat().st_mtime_ns == stamp
    (tree / "css/utilities.css").write_text(".changed { color: red; }")
    assert load_assets(tree, rebuild=False).url("app.css") == before.url("app.css")
    after = load_assets(tree)
    assert after.url("app.css") != before.url("app.css")
    assert after.url("vendor.js") == before.url("vendor.js")
    assert not (before.directory / before.files["app.css"]).exists()
    (after.directory / after.files["app.js"]).unlink()
    assert (after.directory / load_assets(tree).files["app.js"]).exists()


def test_unknown_names_are_refused(assets: Assets) -> None:
    with pytest.raises(KeyError):
        assets.url("nothing.css")


@pytest.fixture
async def client(assets: Assets) -> AsyncClient:
    app = Litestar(
        [create_static_handler(assets.directory), *create_root_handlers(assets)], openapi_config=None
    )
    return AsyncClient(transport=ASGITransport(app), base_url="http://test")


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, br", "br"), ("gzip;q=0.5, br;q=0", "gzip"), ("BR", "br"), ("identity", None), ("", None)],
)
async def test_files_are_sent_in_the_best_encoding_the_client_takes(
    client: AsyncClient, assets: Assets, accepted: str, encoding: str | None
) -> None:
    answer = await client.get(assets.url("app.css"), headers={"accept-encoding": accepted})
    assert answer.status_code == 200
    assert answer.headers.get("content-encoding") == encoding
    assert answer.text == content(assets, "app.css")
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "accept-encoding"


async def test_an_unchanged_file_is_not_sent_again(client: AsyncClient, assets: Assets) -> None:
    first = await client.get(assets.url("app.js"))
    again = await client.get(assets.url("app.js"), headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = await client.head(assets.url("app.js"), headers={"accept-encoding": "identity"})
    assert int(head.headers["content-length"]) == len(content(assets, "app.js").encode())
    assert (await client.post(assets.url("app.js"))).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "",
        "app.css",
        "manifest.json",
        "%2e%2e/css/app.css",
        "..%2fcss/app.css",
        "/etc/passwd",
        "x/../app.css",
        "%00",
    ],
)
async def test_nothing_but_built_files_is_served(client: AsyncClient, path: str) -> None:
    answer = await client.get(f"/static/{path}")
    assert (answer.status_code, answer.text) == (404, "Not found")


async def test_files_with_fixed_names(client: AsyncClient) -> None:
    icon = await client.get("/favicon.ico")
    manifest = await client.get("/manifest.webmanifest")
    assert icon.headers["content-type"] == "image/x-icon"
    assert manifest.json()["start_url"] == "/"
    assert icon.headers["cache-control"] == manifest.headers["cache-control"] == "public, max-age=3600"


def test_handlers_are_public(assets: Assets) -> None:
    handlers = [create_static_handler(assets.directory), *create_root_handlers(assets)]
    assert all(handler.opt["public"] is True for handler in handlers)
