// The gear of an event. The grip of a line moves it with the arrow keys or is dragged; in the picker the arrow
// keys choose a hit (picker.js adds it).
//   <button class="av-grip" id="grip-7" data-move="/rentals/7/position" draggable="true">
//   <form data-picker=…><input type="search"></form> <div id="gear-hits"><li>…<form>…</form></li></div>
{
  const steps = { ArrowUp: "up", ArrowDown: "down" };
  // in one address; a longer list is fetched whole
  const mostTold = 600;
  let dragged = null;

  const rowsOf = (grip) => [...grip.closest("table").querySelectorAll("tr:has([data-move])")];

  const say = (grip) => {
    const line = document.getElementById("moved");
    const rows = rowsOf(grip);
    const row = grip.closest("tr");
    const name = row.querySelector("a, th .av-mid").textContent;
    if (line) line.textContent = `${name}: ${rows.indexOf(row) + 1} of ${rows.length}`;
  };

  const move = async (grip, values) => {
    const target = `#${grip.closest("section[data-frame]").id}`;
    await htmx.ajax("POST", grip.dataset.move, { source: grip, target, swap: "outerMorph", values });
    const now = document.getElementById(grip.id);
    if (!now) return;
    now.focus();
    say(now);
  };

  document.addEventListener("keydown", (event) => {
    const grip = event.target.closest?.("[data-move]");
    if (!grip || !steps[event.key] || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    move(grip, { step: steps[event.key] });
  });

  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-move]") ?? null;
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setDragImage(dragged.closest("tr"), 0, 0);
  });

  const under = (event) => dragged && event.target.closest?.("tr:has([data-move])");

  const mark = (row) => {
    for (const one of document.querySelectorAll("tr.is-drop")) one.classList.toggle("is-drop", one === row);
    row?.classList.add("is-drop");
  };

  document.addEventListener("dragover", (event) => {
    const row = under(event);
    if (!row) return;
    event.preventDefault();
    mark(row);
  });

  document.addEventListener("drop", (event) => {
    const row = under(event);
    if (!row) return;
    event.preventDefault();
    const rows = rowsOf(dragged);
    const down = rows.indexOf(row) > rows.indexOf(dragged.closest("tr"));
    const other = row.dataset.key ?? row.id.replace("rental-", "");
    if (row !== dragged.closest("tr")) move(dragged, down ? { after: other } : { before: other });
  });

  document.addEventListener("dragend", () => {
    dragged = null;
    mark(null);
  });

  const hits = () => [...document.querySelectorAll("#gear-hits li")];
  const chosen = () => hits().find((hit) => hit.classList.contains("is-at"));

  document.addEventListener("keydown", (event) => {
    if (!steps[event.key] || !event.target.closest?.("[data-picker] input")) return;
    const all = hits();
    if (all.length === 0) return;
    event.preventDefault();
    const at = all.indexOf(chosen()) + (event.key === "ArrowDown" ? 1 : -1);
    const next = all[Math.min(Math.max(at, 0), all.length - 1)];
    for (const hit of all) hit.classList.toggle("is-at", hit === next);
    next.scrollIntoView({ block: "nearest" });
    const said = document.getElementById("moved");
    if (said)
      said.textContent = [...next.querySelectorAll("strong, b, small")].map((one) => one.textContent).join(", ");
  });

  // the list says what it shows, and hears of the rows that are others now
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    const list = ctx.sourceElement;
    if (list.id !== "event-lines" || ctx.request.method !== "GET") return;
    const rows = [...list.querySelectorAll("tr[data-seen]")];
    if (rows.length > mostTold) return;
    ctx.request.body.set("frame", list.dataset.frame);
    ctx.request.body.set("seen", rows.map((row) => row.dataset.seen).join("."));
  });

  // with its last line the table is gone, and what was chosen in it
  av.eachPage(() => {
    for (const bar of document.querySelectorAll("[data-bulk]"))
      if (!document.getElementById(bar.dataset.bulk)) bar.hidden = true;
  });
}
