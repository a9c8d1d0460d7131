// How a change by somebody else looks: row and cell in that person's tone for eight seconds, or a note beside what is
// in use. One's own changes are not tinted.
{
  const glow = 8000;
  const timers = new WeakMap();

  av.isOwn = ({ actor }) => String(actor?.id) === document.body.dataset.viewer;

  /** Say beside the element who changed it, until it is refreshed. */
  av.note = (node, { actor, action }) => {
    node.querySelector(".av-since")?.remove();
    if (!actor) return;
    const isRow = node.matches("tr");
    const line = document.createElement(isRow ? "span" : "p");
    line.className = "av-since";
    line.setAttribute("role", "status");
    line.append(av.face(actor, "av-face--sm"), `${action.endsWith(".deleted") ? "deleted" : "changed"} by ${actor.name.split(" ")[0]}`);
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
