// The lines of a quote. One element hears of every change and says what the page shows; the answer is what is other
// now. A line under edit is named: it stays as it is, and so does the list around it, until it is left.
{
  const mostTold = 600;
  let waiting = false;

  const watch = () => document.getElementById("quote-watch");
  const editors = () => [...document.querySelectorAll("#quote-lines [data-editing]")];

  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (ctx.sourceElement.id !== "quote-watch") return;
    const list = document.getElementById("quote-lines");
    const rows = [...list.querySelectorAll("tr[data-seen]")];
    ctx.request.body.set(
      "editing",
      editors()
        .map((row) => row.dataset.key)
        .join("."),
    );
    waiting = editors().length > 0;
    if (rows.length > mostTold) return;
    ctx.request.body.set("frame", list.dataset.frame);
    ctx.request.body.set("seen", rows.map((row) => `${row.dataset.key}~${row.dataset.seen}`).join("."));
  });

  // the field that was pressed, else the first one
  const enter = (editor) => {
    const form = editor.querySelector("form");
    const bad = form.querySelector('[aria-invalid="true"]');
    const field = bad ?? form.elements.namedItem(form.dataset.at || "quantity") ?? form.querySelector("[name=name]");
    field?.focus();
    field?.select?.();
    form.removeAttribute("data-at");
  };

  document.addEventListener("htmx:after:swap", () => {
    for (const editor of editors()) if (editor.querySelector("form[data-at]")) enter(editor);
    // what came while a line was under edit may be more than its neighbours
    if (!waiting || editors().length > 0) return;
    waiting = false;
    htmx.trigger(watch(), "live:refresh", {}, false);
  });

  document.addEventListener("keydown", (event) => {
    const editor = event.key === "Escape" && event.target.closest?.("[data-editing]");
    if (!editor || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    editor.querySelector("[data-cancel]").click();
  });
}
