// A tap on a counter shows at once: the server's figure and what is still on its way, until that is answered.
{
  const step = () => document.querySelector("#bench-state [name=step]")?.value;

  const keyOf = (url, value) => `${url} ${value("rental_id") ?? value("equipment_id")}`;

  const pieces = (fields) => {
    const count = av.bench.figure(fields.get("quantity") ?? "1");
    return fields.has("unit_id") || fields.get("way") === "back" ? -Math.abs(count) : count;
  };

  /** How many pieces of each line are on their way here. */
  const onTheWay = () => {
    const sums = new Map();
    for (const { kind, url, fields: given, aside } of av.bench.waiting()) {
      const fields = new Map(given);
      if (kind !== "count" || aside || fields.get("step") !== step()) continue;
      const key = keyOf(url, (name) => fields.get(name));
      sums.set(key, (sums.get(key) ?? 0) + pieces(fields));
    }
    return sums;
  };

  const show = (form, moving) => {
    const figure = form.querySelector(".av-figure");
    if (!figure || (!moving && !("server" in figure.dataset))) return;
    const [less, more] = form.querySelectorAll("button[name=quantity]");
    figure.dataset.server ??= figure.firstChild.data;
    const shown = Math.max(0, av.bench.figure(figure.dataset.server) + moving);
    figure.firstChild.data = av.number(shown);
    figure.classList.toggle("is-pending", moving !== 0);
    if (less && moving > 0) less.disabled = false;
    // a line takes no more than it wants; on a shelf there may be more than anybody expects
    const most = form.closest("[data-rental]") && av.bench.figure(figure.querySelector("small").textContent);
    if (more && most !== null) more.disabled = shown >= most;
    if (!moving) delete figure.dataset.server;
  };

  const refresh = () => {
    const sums = onTheWay();
    for (const form of document.querySelectorAll(".av-count[data-bench-form=count]")) {
      const value = (name) => form.querySelector(`[name=${name}]`)?.value;
      show(form, sums.get(keyOf(form.getAttribute("hx-post"), value)) ?? 0);
    }
  };

  document.addEventListener("bench:waiting", refresh);
  document.addEventListener("htmx:after:swap", refresh);
}
