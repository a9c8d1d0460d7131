"""What handlers are given, in short: the transaction or connection, and ids out of the address.

What no id can be is refused before any handler: in a path as nothing there, in a query as a wrong filter.
"""

from typing import Annotated

from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from sqlalchemy.ext.asyncio import AsyncConnection

from app.lib.fields import LARGEST_ID
from app.lib.unit_of_work import UnitOfWork

Work = NamedDependency[UnitOfWork]
Connection = NamedDependency[AsyncConnection]
PathId = Annotated[int, PathParameter(ge=1, le=LARGEST_ID)]
FilterId = Annotated[int | None, QueryParameter(ge=1, le=LARGEST_ID)]
