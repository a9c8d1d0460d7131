"""`python -m app` runs the commands of app.cli."""

import signal

from app.cli import main

if __name__ == "__main__":
    # stop by SIGTERM as by Ctrl-C, so that the database is stopped too
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    main()
