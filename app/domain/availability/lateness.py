"""When gear is overdue: from the moment on that was agreed for its return, on every page the same.

Turnaround comes after that moment. It only says from when on others can have the gear, so gear that is being
waited for is overdue already while its turnaround still lasts, and keeps blocking after it until it is back.
"""

from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, DateTime, bindparam, literal_column

_INSTANT = DateTime(timezone=True)


def agreed_return(line: str, event: str) -> str:
    """SQL of the moment at which the gear of a line should be back, of the tables of these names."""
    return f"coalesce({line}.end_at, {event}.out_end)"


def due_at(reservation: str) -> str:
    """SQL of the moment at which what has left should be back; of anything else, of its end.

    `reservation` is the name of one in a statement. Lines and events are looked up for what is out alone.
    """
    return f"""(
      case when {reservation}.until_back and {reservation}.rental_id is not null then (
        select {agreed_return("line", "of_line")}
        from rental line join event of_line on of_line.id = line.event_id
        where line.id = {reservation}.rental_id
      ) else {reservation}.end_at end
    )"""  # noqa: S608 - words of ours


def is_overdue(reservation: str) -> str:
    """SQL of whether something should be back at :moment and is not."""
    return f"({reservation}.until_back and {due_at(reservation)} <= :moment)"


def overdue_at(moment: datetime) -> ColumnElement[bool]:
    """Whether the reservation of a select should be back at `moment` and is not."""
    known: BindParameter[datetime] = bindparam("late_moment", moment, type_=_INSTANT, unique=True)
    until_back: ColumnElement[bool] = literal_column("reservation.until_back")
    return until_back & (literal_column(due_at("reservation"), _INSTANT) <= known)
