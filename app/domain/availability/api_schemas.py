"""What the API says about availability."""

from typing import Annotated, Literal

from msgspec import Meta, Struct


class Cause(Struct):
    """Something that takes the equipment at the binding moment. `to` is null for what has no known end."""

    kind: Literal["rental", "sale", "block", "sub_hire"]
    state: Literal["pencil", "hold", "firm", "out", "returned"]
    name: Annotated[str, Meta(examples=["Summer gala"])]
    quantity: int
    start: str
    end: str | None
    late: bool
    event_id: int | None
    client: str
    maintenance_id: int | None
    unit_id: int | None


class AvailabilityRecord(Struct):
    """What is free for a whole period. `binding_at` is the first moment at which most is taken."""

    equipment_id: Annotated[int, Meta(examples=[7])]
    start: str
    end: str
    supply: Annotated[int, Meta(examples=[12])]
    reserved: Annotated[int, Meta(examples=[5])]
    free: Annotated[int, Meta(examples=[7], description="Negative for a shortage.")]
    free_with_pencils: Annotated[int, Meta(description="What would be left if every quote came true.")]
    binding_at: str
    causes: list[Cause]


class StepRecord(Struct):
    """From `at` until the next step so many are free."""

    at: str
    free: int
