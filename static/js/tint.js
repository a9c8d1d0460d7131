// How a change by somebody else looks: row and cell in that person's tone for eight seconds, or a note beside what is
// in use. One's own changes are not tinted.
{
  const glow = 8000;
  const timers = new WeakMap();

  av.isOwn = ({ actor }) => String(actor?.id) === document.body.dataset.viewer;

  const noteOf = (tag, actor, words) => {
    const line = document.createElement(tag);
    line.className = "av-since";
    line.append(av.face(actor, "av-face--sm"), words);
    return line;
  };

  // which fields of a form: the value typed here stays, who changed it meanwhile is said under it
  const noteFields = (form, { actor, fields }) => {
    const words = `${actor.name.split(" ")[0]} changed this meanwhile`;
    for (const name of fields)
      for (const field of form.querySelectorAll(`[data-field="${name}"]`)) {
        field.querySelector(":scope > .av-since")?.remove();
        field.classList.add("is-theirs", `tone-${actor.tone}`);
        field.append(noteOf("p", actor, words));
      }
  };

  /** Say beside the element who changed it, until it is refreshed; in a form at the fields, too. */
  av.note = (node, change) => {
    const { actor, action } = change;
    node.querySelector(":scope > .av-since, .av-cellname > .av-since")?.remove();
    if (!actor) return;
    const isRow = node.matches("tr");
    const words = `${action.endsWith(".deleted") ? "deleted" : "changed"} by ${actor.name.split(" ")[0]}`;
    const line = noteOf(isRow ? "span" : "p", actor, words);
    line.setAttribute("role", "status");
    if (node.matches("form")) noteFields(node, change);
    if (isRow) (node.querySelector(".av-cellname") ?? node.cells[0]).append(line);
    else node.prepend(line);
  };

  const mark = (cell) => {
    if (cell.classList.contains("is-changed")) return;
    cell.classList.add("is-changed");
    const pen = document.createElement("mark");
    pen.append(...cell.childNodes);
    cell.append(pen);
  };

  const fade = (node) => {
    node.classList.remove("is-fresh", ...[...node.classList].filter((name) => name.startsWith("tone-")));
    for (const cell of node.querySelectorAll(".is-changed")) {
      cell.classList.remove("is-changed");
      const pen = cell.querySelector(":scope > mark");
      pen?.replaceWith(...pen.childNodes);
    }
  };

  /** Tint what shows the changed thing, and say it for those who do not see the tint. */
  av.tint = (change) => {
    if (av.isOwn(change) || !change.actor) return;
    for (const node of document.querySelectorAll(`[data-live="${change.entity}-${change.id}"]`)) {
      fade(node);
      node.classList.add("is-fresh", `tone-${change.actor.tone}`);
      for (const field of change.fields)
        for (const cell of node.querySelectorAll(`[data-field="${field}"]`)) mark(cell);
      clearTimeout(timers.get(node));
      timers.set(node, setTimeout(fade, glow, node));
    }
    const news = document.getElementById("live-news");
    const fields = change.fields.join(", ").replaceAll("_", " ");
    if (news) news.textContent = `${change.actor.name} changed ${fields || "this page"}`;
  };
}
