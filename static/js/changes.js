// What others changed. Signals of 80 ms are answered together: rows with one request per list, regions by htmx.
// What is in use is not touched: a note says who changed it, and it is refreshed once it is left.
{
  const together = 80;
  const pending = new Map();
  const held = new Map();
  const newcomers = new WeakMap();
  const queues = new WeakMap();
  let timer = 0;

  const topicOf = (change) => `${change.entity}-${change.id}`;
  const all = (selector) => [...document.querySelectorAll(selector)];

  const inUse = (node) => {
    const active = document.activeElement;
    if (node.contains(active) && av.isTyping(active)) return true;
    const open = "form[data-dirty], td.is-edit, [popover]:popover-open, dialog[open]";
    return node.matches(open) || node.querySelector(open) !== null;
  };

  const later = (change) => {
    const earlier = pending.get(topicOf(change));
    const fields = [...new Set([...(earlier?.fields ?? []), ...(change.fields ?? [])])];
    pending.set(topicOf(change), { ...change, fields });
    if (!timer) timer = setTimeout(flush, together);
  };

  const hold = (node, change) => {
    held.set(node, change);
    if (!av.isOwn(change)) av.note(node, change);
  };

  const isKnown = (node, change) => Number(node.dataset.version ?? -1) >= change.version;

  const fetchInto = (node, url, swap) => htmx.ajax("GET", url, { source: node, target: node, swap, quiet: true });

  /** One request for the rows of a list: those shown and changed, and those that may have come to match. */
  const refreshRows = async (list, changes) => {
    const entity = list.dataset.liveEntity;
    const fresh = newcomers.get(list) ?? new Set();
    newcomers.set(list, fresh);
    const shown = [];
    for (const change of changes.filter((one) => one.entity === entity)) {
      const row = list.querySelector(`[data-live="${topicOf(change)}"]`);
      if (!row && /\.(created|restored)$/.test(change.action)) fresh.add(change.id);
      else if (row && inUse(row)) hold(row, change);
      else if (row && !isKnown(row, change)) shown.push(change);
    }
    if (shown.length === 0 && !changes.some((change) => fresh.has(change.id))) return;
    const query = new URLSearchParams(location.search);
    query.set("ids", shown.map((change) => change.id).join(","));
    query.set("new", [...fresh].join(","));
    await fetchInto(list, `${list.dataset.liveRows}?${query}`, "none");
    for (const change of shown) av.tint(change);
  };

  const refreshOne = async (node, change) => {
    if (inUse(node)) hold(node, change);
    else if (!isKnown(node, change)) {
      await fetchInto(node, node.dataset.liveUrl, "outerMorph");
      av.tint(change);
    }
  };

  const concerns = (region, change) => {
    const topics = region.dataset.liveRegion.split(" ");
    return [change.entity, topicOf(change), change.parent].some((topic) => topics.includes(topic));
  };

  const refreshRegion = (region, change) => {
    if (inUse(region)) hold(region, change);
    else if (region.matches("[hx-get]")) htmx.trigger(region, "live:refresh", {}, false);
    else if (!av.isOwn(change)) av.note(region, change);
  };

  const flush = () => {
    timer = 0;
    const changes = [...pending.values()];
    pending.clear();
    for (const list of all("[data-live-rows]")) {
      const turn = queues.get(list) ?? Promise.resolve();
      queues.set(
        list,
        turn.then(() => refreshRows(list, changes)),
      );
    }
    for (const change of changes)
      for (const node of all(`[data-live="${topicOf(change)}"][data-live-url]`)) refreshOne(node, change);
    for (const region of all("[data-live-region]")) {
      const change = changes.findLast((one) => concerns(region, one));
      if (change) refreshRegion(region, change);
    }
  };

  const settle = () => {
    for (const [node, change] of held) {
      if (node.isConnected && inUse(node)) continue;
      held.delete(node);
      node.querySelector(".av-since")?.remove();
      if (node.isConnected) later(change);
    }
  };

  av.changes = (changes) => changes.forEach(later);

  /** Everything on the page that is kept fresh, fetched again: what was missed is not known. */
  av.resync = () => {
    for (const node of all("[data-live]")) {
      const [, entity, id] = node.dataset.live.match(/^(.+)-(\d+)$/) ?? [];
      if (entity) later({ entity, id: Number(id), version: Infinity, action: "", actor: null, fields: [] });
    }
    for (const region of all("[data-live-region][hx-get]"))
      if (!inUse(region)) htmx.trigger(region, "live:refresh", {}, false);
  };

  for (const name of ["av:settled", "htmx:after:swap", "htmx:finally:request"]) document.addEventListener(name, settle);
  document.addEventListener("focusout", () => setTimeout(settle));
}
