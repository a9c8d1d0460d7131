"""What is done with gear hired in: its steps, deleting it, and taking that back."""

from typing import Any

from litestar import Request, Response, post
from litestar.params import FromPath

from app.domain.sub_hire import policy, service
from app.domain.sub_hire.fields import STATUS_STATES
from app.lib.errors import NotFound
from app.web.htmx import Toast
from app.web.merging import sent_version
from app.web.parameters import PathId, Work
from app.web.permissions import RENTAL_WRITE
from app.web.render import receipt, redirect


@post("/sub-hire/{sub_hire_id:int}/steps/{step:str}", capability=RENTAL_WRITE, include_in_schema=False)
async def take_step(
    request: Request[Any, Any, Any], work: Work, sub_hire_id: PathId, step: FromPath[str]
) -> Response[str]:
    """Take a step, and say what is short where that takes supply away."""
    if step not in policy.STEPS:
        raise NotFound("There is no such step.")
    done = await service.take_step(work, sub_hire_id, step)
    toast = Toast(
        STATUS_STATES[done.sub_hire.status][0],
        done.missing or done.sub_hire.label,
        "amber" if done.missing else "green",
        undo_url=f"/operations/{work.operation}/undo",
    )
    return receipt(request, f"/sub-hire/{sub_hire_id}", toast)


@post("/sub-hire/{sub_hire_id:int}/deletion", capability=RENTAL_WRITE, include_in_schema=False)
async def delete(request: Request[Any, Any, Any], work: Work, sub_hire_id: PathId) -> Response[str]:
    """Delete a sub-hire, unless somebody changed it since the page was loaded."""
    version = await sent_version(request)
    done = await service.delete_sub_hire(work, sub_hire_id, version=version)
    undo = f"/sub-hire/{sub_hire_id}/restoration"
    text, tone = done.missing or done.sub_hire.label, "amber" if done.missing else "green"
    return redirect(request, "/sub-hire", toast=Toast("Deleted", text, tone, undo_url=undo))


@post("/sub-hire/{sub_hire_id:int}/restoration", capability=RENTAL_WRITE, include_in_schema=False)
async def restore(request: Request[Any, Any, Any], work: Work, sub_hire_id: PathId) -> Response[str]:
    """Take a delete back."""
    sub_hire = await service.restore_sub_hire(work, sub_hire_id)
    return receipt(request, f"/sub-hire/{sub_hire_id}", Toast("Restored", sub_hire.label))


HANDLERS = [take_step, delete, restore]
