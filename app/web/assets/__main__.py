"""Build the front-end files: ``python -m app.web.assets [static directory]``."""

import sys
import time
from pathlib import Path

from app.web.assets.bundle import build


def main() -> None:
    """Build and print each file with its size on disk and, compressed, on the wire."""
    static_dir = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("static")
    start = time.perf_counter()
    assets = build(static_dir)
    for logical, name in sorted(assets.files.items()):
        path = assets.directory / name
        packed = path.with_name(name + ".br")
        wire = (packed if packed.exists() else path).stat().st_size
        sys.stdout.write(f"{wire:>8} of {path.stat().st_size:>8} bytes  {logical}\n")
    sys.stdout.write(f"built in {time.perf_counter() - start:.2f} s\n")


if __name__ == "__main__":
    main()
