// Dispatch and check-in: figures that are stepped. Scans are those of the bench.
// + and - beside a number; without this script the number is typed
av.eachPage(() => {
  for (const button of document.querySelectorAll("[data-stepper] [data-step][hidden]")) button.hidden = false;
});
document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-step]");
  const input = button?.closest("[data-stepper]").querySelector("input");
  if (!input) return;
  const next = (Number.parseInt(input.value, 10) || 0) + Number(button.dataset.step);
  input.value = Math.min(Math.max(next, 0), Number(input.dataset.most));
  input.dispatchEvent(new Event("input", { bubbles: true }));
});
// What is refused further down the list is read where the verdict is.
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.sourceElement?.matches?.("form[hx-post*='/check-in']"))
    document.querySelector("#verdict [role=alert]")?.scrollIntoView({ block: "nearest" });
});
// What is scanned on the page of a dispatch is ticked there; nothing has left before the page is sent.
{
  const seen = new Set();

  const box = (id) => document.querySelector(`#parts input[name="units"][value="${id}"]`);
  const figure = (id) => document.getElementById(`line-${id}`);
  const pieces = (input) => Number.parseInt(input.value, 10) || 0;
  const room = (input) => Number(input.dataset.most) - pieces(input);

  const change = (input, values) => {
    Object.assign(input, values);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };

  /** Tick a unit, or add pieces to the first of the lines that has room: the field, and whether that changed it. */
  const tick = ({ unit, lines, by }, isAgain) => {
    const inputs = unit ? [box(unit)] : lines.split(" ").map(figure);
    const input = (!unit && inputs.find((one) => one && room(one) > 0)) || inputs[0];
    const isNew = input && (unit ? !input.checked : room(input) > 0 && !isAgain);
    if (isNew) change(input, unit ? { checked: true } : { value: pieces(input) + Math.min(Number(by), room(input)) });
    return { input, isNew };
  };

  /** How many of its line leave by now. */
  const count = (row) => {
    const input = row.querySelector("[data-stepper] input");
    const shown = document.createElement("div");
    const most = document.createElement("small");
    shown.className = "av-verdict__count";
    most.textContent = `of ${row.dataset.mayLeave}`;
    shown.append(String(input ? pieces(input) : row.querySelectorAll("[name=units]:checked").length), most);
    return shown;
  };

  const say = (verdict, words, tone) => {
    verdict.classList.replace("tone-green", tone);
    verdict.dataset.sound = "warning";
    verdict.querySelector("h2").textContent = words;
  };

  const apply = (list) => {
    const verdict = list.previousElementSibling;
    const { ticks: once, again, stale } = list.dataset;
    const done = [...list.children].map((one) => tick(one.dataset, seen.has(once)));
    if (once) seen.add(once);
    list.remove();
    // the page was read before it was prepped
    if (done.some(({ input }) => !input)) return say(verdict, stale, "tone-amber");
    if (done.length && !done.some(({ isNew }) => isNew) && verdict.dataset.kind !== "expired")
      say(verdict, again, "tone-slate");
    if (done.length === 1) verdict.querySelector("p").after(count(done[0].input.closest("li")));
  };

  document.addEventListener("htmx:after:swap", () => {
    const list = document.querySelector("#verdict [data-ticks]");
    if (list) apply(list);
  });
  av.eachPage(() => {
    for (const one of document.querySelectorAll("[data-ticking][hidden]")) one.hidden = false;
  });
}
