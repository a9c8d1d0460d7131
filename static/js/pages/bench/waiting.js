// How much waits on this device: the count in the top bar, the list behind it, and what waits for somebody else.
{
  const time = (at) =>
    new Date(at).toLocaleTimeString(document.documentElement.lang, {
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });

  const row = ({ nonce, label, at, aside }) => {
    const item = av.bench.pattern("waiting-item", { label, at: time(at), why: aside });
    const button = item.querySelector("button");
    if (aside) button.dataset.discard = nonce;
    else button.remove();
    return item;
  };

  let shown = 0;

  // a badge that comes and goes with every scan would only flicker
  const tell = () => {
    const badge = document.getElementById("waiting");
    if (!badge) return;
    const all = av.bench.waiting();
    badge.querySelector("span").textContent = `${av.number(all.length)} waiting`;
    const list = document.getElementById("waiting-list");
    if (list.open) document.getElementById("waiting-items").replaceChildren(...all.map(row));
    if (list.open && all.length === 0) list.close();
    clearTimeout(shown);
    if (all.length === 0) badge.hidden = true;
    else shown = setTimeout(() => (badge.hidden = av.bench.waiting().length === 0), 300);
    for (const one of document.querySelectorAll(":is(a, button)[data-when-sent], [data-when-sent] [type=submit]")) {
      if (all.length > 0) one.setAttribute("aria-disabled", "true");
      else one.removeAttribute("aria-disabled");
    }
  };

  const tellOfOthers = ({ detail: { others } }) => {
    const line = document.getElementById("waiting-others");
    if (!line) return;
    const counts = new Map();
    for (const { name } of others) counts.set(name, (counts.get(name) ?? 0) + 1);
    const parts = [...counts].map(([name, count]) => `${name}: ${av.number(count)}`);
    line.querySelector("span").textContent = parts.join(", ");
    line.hidden = counts.size === 0;
  };

  document.addEventListener("bench:waiting", tell);
  document.addEventListener("bench:others", tellOfOthers);
  document.addEventListener("bench:unkept", () =>
    av.toast({
      tone: "red",
      title: "This browser keeps nothing",
      text: "Leave the page open until nothing waits any more: what is not sent would be lost with it.",
    }),
  );
  document.addEventListener("av:open", (event) => event.target.id === "waiting-list" && tell());
  document.addEventListener("click", async ({ target }) => {
    if (target.closest("[data-retry]")) av.bench.retry();
    const { discard } = target.closest("[data-discard]")?.dataset ?? {};
    if (!discard) return;
    const question = {
      title: "Drop this one?",
      text: "It was not counted, and will not be.",
      action: "Drop",
      danger: true,
    };
    if (await av.ask(question)) av.bench.discard(discard);
  });
}
