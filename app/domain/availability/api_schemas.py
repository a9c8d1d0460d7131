"""What the API says about availability."""

from typing import Annotated

from msgspec import Meta, Struct

from app.domain.availability.claims import Kind, State


class Cause(Struct):
    """Something that takes the equipment, or as a sub-hire adds to it. `end` is null where none is known.

    The ids lead to the event and its rental, the maintenance job, the unit out of service, the sub-hire.
    """

    kind: Kind
    state: State
    name: Annotated[str, Meta(examples=["Summer gala"])]
    quantity: int
    start: str
    end: str | None
    late: Annotated[bool, Meta(description="It should be back already.")]
    event_id: int | None
    client: str
    maintenance_id: int | None
    unit_id: int | None
    rental_id: int | None
    sub_hire_id: int | None


class AvailabilityRecord(Struct):
    """What is free for a whole period. `binding_at` is the first moment at which most is taken.

    With pencils that may be another, `binding_with_pencils_at`. Each of the two figures is explained by the
    causes at its own moment: the stock, with what is hired in, less all else.
    """

    equipment_id: Annotated[int, Meta(examples=[7])]
    start: str
    end: str
    supply: Annotated[int, Meta(examples=[12])]
    reserved: Annotated[int, Meta(examples=[5])]
    free: Annotated[int, Meta(examples=[7], description="Negative for a shortage.")]
    free_with_pencils: Annotated[int, Meta(description="What would be left if every quote came true.")]
    binding_at: str
    causes: Annotated[
        list[Cause], Meta(description="What covers `binding_at`; pencils take nothing of `free`.")
    ]
    binding_with_pencils_at: str
    causes_with_pencils: Annotated[
        list[Cause], Meta(description="What covers `binding_with_pencils_at`, pencils counted.")
    ]


class ShortageRecord(Struct):
    """A time without a break in which more is taken than there is."""

    start: str
    end: str
    short: Annotated[int, Meta(examples=[3], description="How many are missing at the worst moment.")]


class ExplanationRecord(Struct):
    """Everything that stands on one equipment in a period, and when that is too much."""

    equipment_id: Annotated[int, Meta(examples=[7])]
    start: str
    end: str
    stock: Annotated[int, Meta(examples=[12])]
    free: Annotated[int, Meta(examples=[-3], description="The fewest at any moment, signed.")]
    shortages: list[ShortageRecord]
    causes: Annotated[list[Cause], Meta(description="By their start, pencils too.")]


class StepRecord(Struct):
    """From `at` until the next step so many are free."""

    at: str
    free: int


class PointRecord(Struct):
    """From `at` until the next point so many are free; by day, the fewest of that day."""

    at: str
    free: Annotated[int, Meta(examples=[7], description="Negative for a shortage.")]
    free_with_pencils: int


class TimelineRecord(Struct):
    """How many of one equipment are free when."""

    equipment_id: Annotated[int, Meta(examples=[7])]
    stock: Annotated[int, Meta(examples=[12])]
    points: list[PointRecord]
