"""Client lists as a kind of import."""

from collections.abc import Sequence

from app.domain.clients.fields import KIND_WORDS
from app.domain.clients.importing.checking import check_rows
from app.domain.clients.importing.fields import TARGETS
from app.domain.clients.importing.known import KnownClients, name_key
from app.domain.clients.importing.queries import load_known
from app.domain.clients.importing.result import ClientRow
from app.domain.clients.importing.writing import write_rows
from app.domain.importing.kinds import Kind, Note, Words
from app.lib.folding import fold
from app.lib.tabular import counted
from app.web.permissions import CLIENT_DELETE, CLIENT_WRITE

_WORDS = Words(
    area="Clients",
    home="/clients",
    back="Go to the clients",
    list_name="Client list",
    lists="Client lists",
    matching="A row updates the client with its name, however it is spelt, or with its tax number. "
    "All others are added, unless their e-mail is that of another client.",
    none_yet="Bring your client list as it is: CSV or Excel, any columns.",
    template="client-list.csv",
)
_EXAMPLE = {
    "name": "Hafen Events GmbH", "kind": "company", "email": "office@hafen.example",
    "phone": "+49 8382 1234", "payment_terms_days": "14", "tags": "gala; fair", "supplier": "no",
    "street": "Kai 3", "postal_code": "88131", "city": "Lindau", "country": "Germany",
    "contact_name": "Iris Roth", "contact_role": "Production", "contact_email": "iris@hafen.example",
}  # fmt: skip


def describe(target: str, filled: Sequence[str], known: KnownClients) -> Note | None:
    """What is worth knowing of a filled column of text."""
    if target == "name":
        different = {name_key(text) for text in filled}
        if repeated := len(filled) - len(different):
            return f"{counted(repeated)} there twice", "warning"
        there = len(different & known.names.keys())
        return f"{counted(len(different) - there)} new, {counted(there)} known", ""
    if target in ("kind", "tags", "city", "country", "supplier", "blocked", "archived"):
        return f"{counted(len({fold(text) for text in filled}))} different", ""
    return None


def shown(name: str, value: object) -> str:
    """A value of a field as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "kind":
        return KIND_WORDS.get(str(value), str(value))
    return f"{value} days" if name == "payment_terms_days" else str(value)


CLIENTS: Kind[KnownClients, ClientRow] = Kind(
    name="client",
    entity="client_import",
    url="/clients/imports",
    write=CLIENT_WRITE,
    delete=CLIENT_DELETE,
    words=_WORDS,
    targets=TARGETS,
    records=("client", "contact", "address"),
    load_known=load_known,
    check=check_rows,
    write_rows=write_rows,
    describe=describe,
    shown=shown,
    hidden=("notes", "website", "country", "contact_role", "contact_phone"),
    example=_EXAMPLE,
)
