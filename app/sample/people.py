"""The staff: one person for each role, whose username is the name of the role."""

from dataclasses import dataclass
from typing import Final

from app.sample.company import COMPANY


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """Somebody who signs in. `tone` is the colour of the face: a tone of the design language."""

    username: str
    first_name: str
    last_name: str
    email: str
    phone: str
    tone: str
    time_zone: str = COMPANY.time_zone

    @property
    def role(self) -> str:
        """The role, which is also the username."""
        return self.username

    @property
    def display_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


PEOPLE: Final = (
    SamplePerson("admin", "Mei", "Tan", "mei.tan@northlight.example", "+49 40 555 01 41", "green"),
    SamplePerson(
        "manager", "Jonas", "Lindqvist", "jonas.lindqvist@northlight.example", "+49 40 555 01 42", "cyan"
    ),
    SamplePerson("technician", "Tom", "Okafor", "tom.okafor@northlight.example", "+49 40 555 01 43", "amber"),
    SamplePerson("employee", "Ana", "Ribeiro", "ana.ribeiro@northlight.example", "+49 40 555 01 44", "plum"),
    SamplePerson("viewer", "Priya", "Nair", "priya.nair@northlight.example", "+49 40 555 01 45", "slate"),
)
