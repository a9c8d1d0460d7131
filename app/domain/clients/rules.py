"""What has to hold for clients."""

from collections.abc import Sequence

from app.db.models import Client
from app.lib.errors import InvalidInput
from app.lib.rules import Rules, Write
from app.lib.unit_of_work import UnitOfWork


class ClientRules(Rules[Client]):
    """A client has a name; one that is blocked says why."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[Client]]) -> None:  # noqa: ARG002
        """Raises InvalidInput."""
        for write in writes:
            errors: dict[str, str] = {}
            if not write.after["name"]:
                errors["name"] = "Give it a name."
            if write.after["blocked"] and not write.after["block_reason"]:
                errors["block_reason"] = "Say why, like “prepay only”."
            if errors:
                raise InvalidInput(errors)
