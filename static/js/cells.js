// Editing one cell: the button fetches an editor for its cell, Enter saves (the editor is a form), Escape leaves the
// cell as it was, and so does going elsewhere without having changed anything.
{
  const before = new Map();
  let opened = null;
  let saved = null;

  const place = (cell) => `${cell.closest("tr").id}/${cell.cellIndex}`;

  const find = (where) => {
    const [row, index] = where.split("/");
    return document.getElementById(row)?.cells[index];
  };

  const restore = (cell, focus) => {
    const old = before.get(place(cell));
    if (!old) return;
    before.delete(place(cell));
    cell.replaceWith(old);
    htmx.process(old);
    if (focus) old.querySelector(".av-editable")?.focus();
    av.settled();
  };

  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    const cell = ctx.sourceElement.matches(".av-editable") && ctx.sourceElement.closest("td");
    if (!cell) return;
    before.set(place(cell), cell.cloneNode(true));
    // the address of a cell is relative to that of its row, which stands there only once
    const row = cell.closest("tr").querySelector("th a");
    ctx.request.action = new URL(ctx.request.action, `${row.href}/`).href;
  });

  document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
    const cell = ctx.sourceElement.closest?.("td");
    if (!cell) return;
    if (ctx.sourceElement.matches(".av-editable")) {
      opened = place(cell);
    } else if (cell.matches(".is-edit") && ctx.response.status < 400) {
      before.delete(place(cell));
      saved = place(cell);
    }
  });

  const enter = (cell) => {
    const field = cell?.querySelector(":is(input, select):not([type=hidden])");
    field?.focus();
    field?.select?.();
  };

  document.addEventListener("htmx:after:swap", () => {
    if (opened) enter(find(opened));
    opened = null;
    if (!saved) return;
    if (document.activeElement === document.body) find(saved)?.querySelector(".av-editable")?.focus();
    saved = null;
    av.settled();
  });

  document.addEventListener("keydown", (event) => {
    const cell = event.key === "Escape" && event.target.closest?.("td.is-edit");
    if (!cell) return;
    event.stopPropagation();
    restore(cell, true);
  });

  document.addEventListener("focusout", (event) => {
    const cell = event.target.closest?.("td.is-edit");
    if (!cell) return;
    setTimeout(() => {
      if (!cell.isConnected || cell.contains(document.activeElement) || !document.hasFocus()) return;
      // an answer with an error or a conflict holds what was typed: only Escape gives that up
      if (cell.querySelector('[aria-invalid="true"]')) return;
      const fields = [...cell.querySelectorAll("input, select")];
      const same = (field) =>
        field.tagName === "SELECT"
          ? [...field.options].every((option) => option.selected === option.defaultSelected)
          : field.value === field.defaultValue;
      if (fields.every(same)) restore(cell, false);
    });
  });
}
