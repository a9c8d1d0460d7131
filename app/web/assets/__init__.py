"""Front-end files: bundled once, named by their content, served compressed and cached for ever."""

from app.web.assets.bundle import Assets, build, load_assets
from app.web.assets.serve import create_root_handlers, create_static_handler

__all__ = ["Assets", "build", "create_root_handlers", "create_static_handler", "load_assets"]
