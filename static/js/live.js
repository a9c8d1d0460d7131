// The stream: its state in words, retries when it cannot even begin, and what is done with each signal.
{
  const patience = 1200;
  let lost = 0;
  let attempts = 0;
  let isOver = false;

  const say = (isLost) => {
    const badge = document.getElementById("live-state");
    if (!badge) return;
    badge.classList.toggle("is-lost", isLost);
    badge.querySelector("span").textContent = isOver ? "Signed out" : isLost ? "Reconnecting" : "Live";
  };

  // a reconnect within a second is nobody's business
  const losing = () => {
    lost ||= setTimeout(say, patience, true);
  };

  const found = () => {
    clearTimeout(lost);
    lost = 0;
    attempts = 0;
    say(false);
  };

  const again = () => {
    losing();
    if (isOver) return;
    attempts += 1;
    const delay = Math.min(500 * 2 ** attempts, 10000) * (0.7 + Math.random() * 0.6);
    setTimeout(() => {
      const live = document.getElementById("live");
      if (live) htmx.trigger(live, "live:connect", {}, false);
    }, delay);
  };

  const isOurs = (event) => event.target.id === "live";

  document.addEventListener("htmx:sse:before:connection", (event) => {
    if (!isOurs(event)) return;
    event.detail.connection.cancelled = isOver;
    if (event.detail.connection.attempt > 0) losing();
  });
  document.addEventListener("htmx:sse:after:connection", (event) => isOurs(event) && found());
  document.addEventListener("htmx:sse:error", (event) => {
    if (!isOurs(event)) return;
    losing();
    if (event.detail.status !== 401) return;
    isOver = true;
    say(true);
    av.toast({
      tone: "red",
      title: "Your session has ended",
      text: "Sign in again in another tab; what you typed stays here.",
    });
  });
  document.addEventListener("htmx:sse:close", (event) => {
    if (isOurs(event) && event.detail.reason === "ended") again();
  });
  // the first connection is an ordinary request and is not tried again by itself
  document.addEventListener("htmx:finally:request", (event) => {
    if (isOurs(event) && !event.detail.ctx.response?.raw.ok) again();
  });

  const signals = {
    change: (data) => av.changes(data.changes),
    presence: (data) => av.presence(data),
    progress: (data) => move(data),
    resync: () => av.resync(),
  };

  const move = ({ entity, id, done, total }) => {
    for (const part of document.querySelectorAll(`[data-progress="${entity}-${id}"]`)) {
      const words = `${av.number(done)} of ${av.number(total)}`;
      part.querySelector("rect").setAttribute("width", total ? (100 * done) / total : 0);
      part.querySelector("svg").setAttribute("aria-label", words);
      part.querySelector("svg").classList.toggle("is-done", done >= total);
      part.querySelector(".num").textContent = words;
    }
  };

  for (const [name, act] of Object.entries(signals))
    document.addEventListener(name, (event) => {
      if (isOurs(event)) act(JSON.parse(event.detail.data || "{}"));
    });

  // what this page had written itself comes with the answer: as a signal, before the stream may tell of it
  document.addEventListener("written", ({ detail: { changes } }) => {
    const live = document.getElementById("live");
    if (!live) return;
    const own = { id: document.body.dataset.viewer };
    const signal = ([entity, id, version, action, parent]) => ({
      ...{ entity, id, action, parent, fields: [] },
      actor: version === null ? null : own,
      version: version ?? Number.MAX_SAFE_INTEGER,
    });
    const data = changes ? { changes: changes.map(signal) } : {};
    htmx.trigger(live, changes ? "change" : "resync", { data: JSON.stringify(data) });
  });

  // kept alive by the browser and shown again: what happened meanwhile is unknown
  addEventListener("pageshow", (event) => event.persisted && av.resync());
}
