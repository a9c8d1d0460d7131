"""See to it that the programs the tests drive are there: redis-server and Chromium.

As root on Debian what is missing is installed; everywhere else the command that does it is printed and
the tests do not start.
"""

import os
import shutil
import subprocess
import sys

NEEDED = {"redis-server": ("redis-server",), "chromium": ("chromium", "chromium-browser", "google-chrome")}


def main() -> None:
    """Check, install where we may, or say what to do."""
    missing = [package for package, names in NEEDED.items() if not any(map(shutil.which, names))]
    if not missing:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        sys.exit(f"The tests need {' and '.join(missing)}. Install with: sudo {' '.join(command)}")
    print(f"Installing {' and '.join(missing)} …", flush=True)
    subprocess.run(["apt-get", "update", "-q"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(
        command,
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
    )


if __name__ == "__main__":
    main()
