// What others changed. Signals of 80 ms are answered together: rows with one request per list, regions by htmx.
// What is in use is not touched: a note says who changed it, and it is refreshed once it is left.
{
  const together = 80;
  const most = 500;
  const pending = new Map();
  const held = new Map();
  const asked = new WeakMap();
  const ownSeen = new Map();
  const newcomers = new WeakMap();
  const queues = new WeakMap();
  let timer = 0;
  let failures = 0;

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
    // one that waited may come back after what happened since
    const newest = earlier?.version > change.version ? earlier : change;
    pending.set(topicOf(change), { ...newest, fields });
    if (!timer) timer = setTimeout(flush, together);
  };

  const hold = (node, change) => {
    held.set(node, change);
    if (!av.isOwn(change)) av.note(node, change);
  };

  const isKnown = (node, change) => Number(node.dataset.version ?? -1) >= change.version;

  // no answer, or one that says to come back: asked for again, ever more rarely
  const isLost = ({ text, response }) => text === undefined || [429, 502, 503, 504].includes(response.status);

  const again = (run) => {
    failures += 1;
    setTimeout(run, Math.min(500 * 2 ** failures, 15000) * (0.7 + Math.random() * 0.6));
  };

  /** Fetch into a node without a word of it; resolves to whether it was answered. */
  const fetchInto = async (node, url, swap) => {
    let answered = true;
    const finished = (ctx) => {
      answered = !isLost(ctx);
    };
    await htmx.ajax("GET", url, { source: node, target: node, swap, quiet: true, finished });
    if (answered) failures = 0;
    return answered;
  };

  // what leaves the archive comes into a list as what is created does
  const comes = (change) => /\.(created|restored)$/.test(change.action) || change.fields?.includes("archived");
  const isNew = (list, change) => "liveWhole" in list.dataset || comes(change);

  // more than one address holds: what matches is not counted any more
  const sayMany = () => {
    const line = document.getElementById("arrivals");
    if (!line) return;
    line.textContent = "Many more may match this view. Show them";
    line.hidden = false;
  };

  const askForRows = async (list, shown, fresh) => {
    const query = new URLSearchParams(location.search);
    query.set("ids", shown.map((change) => change.id).join(","));
    if (fresh.size <= most) query.set("new", [...fresh].join(","));
    return fetchInto(list, `${list.dataset.liveRows}?${query}`, "none");
  };

  /** One request for the rows of a list: those shown and changed, and those that may have come to match. */
  const refreshRows = async (list, changes) => {
    const entity = list.dataset.liveEntity;
    const fresh = newcomers.get(list) ?? new Set();
    newcomers.set(list, fresh);
    const shown = [];
    const come = [];
    for (const change of changes.filter((one) => one.entity === entity)) {
      const row = list.querySelector(`[data-live="${topicOf(change)}"]`);
      if (!row && isNew(list, change)) come.push(change);
      else if (row && inUse(row)) hold(row, change);
      else if (row && !isKnown(row, change)) {
        asked.set(row, change);
        shown.push(change);
      }
    }
    for (const change of come) if (fresh.size <= most) fresh.add(change.id);
    const isFull = fresh.size > most;
    if (isFull) sayMany();
    while (shown.length > 0 || (come.length > 0 && !isFull)) {
      const some = shown.splice(0, most);
      const told = come.splice(0);
      if (await askForRows(list, some, fresh)) some.forEach(av.tint);
      else if (list.isConnected) again(() => [...some, ...told].forEach(later));
    }
  };

  const refreshOne = async (node, change) => {
    if (inUse(node)) hold(node, change);
    else if (!isKnown(node, change)) {
      asked.set(node, change);
      if (await fetchInto(node, node.dataset.liveUrl, "outerMorph")) av.tint(change);
      else if (node.isConnected) again(() => later(change));
    }
  };

  const concerns = (region, change) => {
    const topics = region.dataset.liveRegion.split(" ");
    return [change.entity, topicOf(change), change.parent].some((topic) => topics.includes(topic));
  };

  const refreshRegion = (region, change) => {
    asked.set(region, change);
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

  // what was free when it was asked for may be in use when the answer is there: it is left, and asked for again
  document.addEventListener("htmx:before:swap", ({ detail: { ctx, tasks } }) => {
    const isLive = ctx.sourceEvent?.type === "live:refresh" || (ctx.quiet && ctx.request.method === "GET");
    if (!isLive) return;
    for (const task of [...tasks]) {
      const change = task.target instanceof Element && inUse(task.target) && asked.get(task.target);
      if (!change) continue;
      tasks.splice(tasks.indexOf(task), 1);
      hold(task.target, change);
    }
  });

  const settle = () => {
    for (const [node, change] of held) {
      if (node.isConnected && inUse(node)) continue;
      held.delete(node);
      node.querySelector(":scope > .av-since, .av-cellname > .av-since")?.remove();
      if (node.isConnected) later(change);
    }
  };

  let answering = 0;
  const unsure = [];

  /** While an answer is under way that may show what it wrote, the stream's word of own changes waits for it. */
  av.answering = async (answer) => {
    answering += 1;
    try {
      return await answer;
    } finally {
      answering -= 1;
      if (answering === 0) av.changes(unsure.splice(0));
    }
  };

  av.changes = (changes) => {
    for (const change of changes) {
      // what this page had written itself is told twice: with the answer, and by the stream
      if (av.isOwn(change)) {
        if (answering > 0) {
          unsure.push(change);
          continue;
        }
        if (ownSeen.get(topicOf(change)) >= change.version) continue;
        ownSeen.set(topicOf(change), change.version);
      }
      later(change);
    }
  };

  /** What this page wrote, as its answer tells and has shown already: the stream's word of it is no news. */
  av.shown = (changes) => {
    for (const [entity, id, version] of changes) ownSeen.set(topicOf({ entity, id }), version);
  };

  /** Everything on the page that is kept fresh, fetched again: what was missed is not known. */
  av.resync = () => {
    for (const node of all("[data-live]")) {
      const [, entity, id] = node.dataset.live.match(/^(.+)-(\d+)$/) ?? [];
      if (entity) later({ entity, id: Number(id), version: Infinity, action: "", actor: null, fields: [] });
    }
    for (const region of all("[data-live-region][hx-get]"))
      if (!inUse(region)) htmx.trigger(region, "live:refresh", {}, false);
  };

  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    ctx.finished?.(ctx);
    const region = ctx.sourceElement;
    if (ctx.sourceEvent?.type !== "live:refresh" || !region.matches("[data-live-region]")) return;
    if (!isLost(ctx)) failures = 0;
    else again(() => region.isConnected && htmx.trigger(region, "live:refresh", {}, false));
  });

  for (const name of ["av:settled", "htmx:after:swap", "htmx:finally:request"]) document.addEventListener(name, settle);
  document.addEventListener("focusout", () => setTimeout(settle));
}
