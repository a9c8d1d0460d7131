"""The person who looks: what the pages need to know about whoever is signed in."""

from dataclasses import dataclass

from app.lib.unit_of_work import Actor

TONES = ("green", "plum", "cyan", "amber", "red", "slate", "accent")


def initials_of(name: str) -> str:
    """One or two capitals that stand for a name."""
    words = [word for word in name.split() if word]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def tone_of(user_id: int) -> str:
    """The colour a person has everywhere: always the same for the same id."""
    return TONES[(user_id - 1) % len(TONES)]


def avatar_url_of(avatar: str | None) -> str | None:
    """The address of somebody's picture; None without one."""
    return f"/photos/{avatar}" if avatar else None


class _Face:
    """How a person with an id, a name and perhaps a picture looks."""

    __slots__ = ()

    id: int
    name: str
    avatar: str | None

    @property
    def initials(self) -> str:
        """What stands in the face."""
        return initials_of(self.name)

    @property
    def tone(self) -> str:
        """The colour of the face."""
        return tone_of(self.id)

    @property
    def avatar_url(self) -> str | None:
        """Where the picture is, when there is one."""
        return avatar_url_of(self.avatar)


@dataclass(frozen=True, slots=True)
class Person(_Face):
    """A person as faces and names show one; `avatar` is the file of the picture, where it is known."""

    id: int
    name: str
    avatar: str | None = None


@dataclass(frozen=True, slots=True)
class Viewer(_Face):
    """Who is signed in, through which session, with which capabilities."""

    id: int
    name: str
    username: str
    role: str
    role_label: str
    theme: str
    time_zone: str
    locale: str
    shortcuts: bool
    avatar: str | None
    must_change_password: bool
    notifications_seen: int
    session_id: int
    session_kind: str
    capabilities: frozenset[str]

    def can(self, capability: str) -> bool:
        """Whether the role has this capability."""
        return capability in self.capabilities

    def actor(self, ip: str, request_id: str) -> Actor:
        """The person as the one who acts in a unit of work."""
        return Actor(id=self.id, name=self.name, role=self.role, ip=ip, request_id=request_id)
