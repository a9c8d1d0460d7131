// Every tap and scan gets its number here and is sent once the one before it was answered. It is kept until the
// server has answered for good, and sent again with the same number until then: the server counts it once.
{
  const patience = 15000;
  const slow = 1000;
  const longest = 10000;
  const tries = 5;
  const few = 3;
  const page = crypto.getRandomValues(new Uint32Array(2)).join("");
  const waiting = [];
  const kept = new WeakMap();
  const sources = new WeakMap();
  let giveUp = new AbortController();
  let isSending = false;
  let failures = 0;
  let timer = 0;

  const own = () => document.body.dataset;
  const say = (name, detail = {}) => document.dispatchEvent(new CustomEvent(`bench:${name}`, { detail }));
  const next = () => waiting.find((record) => !record.aside);

  // pages are known to live by the lock they hold. Without encryption there are no locks, and each page sends
  // whatever it finds: that counts once as well
  const lockOf = (id) => `av-bench-page-${id}`;
  const livePages = async () => new Set((await navigator.locks?.query())?.held.map((lock) => lock.name));
  navigator.locks?.request(lockOf(page), () => new Promise(() => {}));

  const number = () => {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  };

  const device = () => {
    localStorage.avDevice ||= `Tablet ${number().slice(0, 4)}`;
    return localStorage.avDevice;
  };

  /** Write down what changed about a record; should that fail, it is still known here. */
  const note = (record, changes) => {
    Object.assign(record, changes);
    kept.get(record).then((isKept) => isKept && av.store.change(record).catch(() => {}));
  };

  const forget = (record) => {
    waiting.splice(waiting.indexOf(record), 1);
    kept.get(record).then((isKept) => isKept && av.store.drop(record).catch(() => {}));
    say("waiting");
  };

  /** What our server answers; status 0 leads elsewhere, null is no answer, or not one of ours. */
  const ask = async (url, options) => {
    const signal = AbortSignal.any([giveUp.signal, AbortSignal.timeout(patience)]);
    try {
      const { type, status, headers, ...answer } = await read(fetch(url, { ...options, redirect: "manual", signal }));
      return type === "opaqueredirect" || headers.has("x-request-id") ? { status, headers, ...answer } : null;
    } catch {
      return null;
    }
  };

  // to the end: an answer that breaks off counts as none
  const read = async (asked) => {
    const answer = await asked;
    const { type, status, headers } = answer;
    return { type, status, headers, text: await answer.text() };
  };

  const send = (record) => {
    const fields = new URLSearchParams(record.fields);
    for (const [name, value] of av.bench.view(record)) fields.set(name, value);
    fields.set("nonce", record.nonce);
    fields.set("device", device());
    fields.set("device_at", record.at);
    if (record.queued) fields.set("queued", "1");
    const asPart = { "HX-Request": "true", "HX-Request-Type": "partial", Accept: "text/html" };
    return ask(record.url, { method: "POST", body: fields, headers: { ...asPart, ...av.headers() } });
  };

  const isBusy = ({ status }) => [408, 425, 429].includes(status) || status > 500;
  // a fault of ours is worth another try, and a refusal without a verdict, which may be somebody else's lock
  const isFault = ({ status }) => status === 500;
  const isLock = ({ status, text }) => status === 409 && !text;

  /** Whether this page still speaks for the session: "yes", "no" when another one began, "out", "unknown". */
  const standing = async () => {
    const answer = await ask("/profile", { headers: { Accept: "text/html" } });
    if (!answer || answer.status > 200) return "unknown";
    if (answer.status === 0) return "out";
    const { body } = new DOMParser().parseFromString(answer.text, "text/html");
    const tokens = [body, document.body].map((one) => one.getAttribute("hx-headers:inherited"));
    return tokens[0] === tokens[1] ? "yes" : "no";
  };

  const later = (why, answer = null) => {
    failures += 1;
    for (const one of waiting) if (!one.queued) note(one, { queued: true });
    const asked = Number(answer?.headers.get("retry-after") ?? 0) * 1000;
    const delay = Math.min(250 * 2 ** failures, longest) * (0.7 + Math.random() * 0.6);
    clearTimeout(timer);
    timer = setTimeout(wake, Math.max(Math.min(asked, 3 * longest), delay));
    say("stuck", { record: waiting.at(-1), why });
    return false;
  };

  const fails = (record, answer) => {
    note(record, { faults: (record.faults ?? 0) + 1 });
    if (record.faults < (isLock(answer) ? few : tries)) return later("busy", answer);
    if (isLock(answer)) return conclude(record, answer);
    note(record, { aside: "The server could not do this. Try again later, or tell the office." });
    say("waiting");
    return true;
  };

  const refused = async (record, answer) => {
    const now = await standing();
    if (now === "yes" && answer.status === 403) return conclude(record, answer);
    if (now === "no") av.bench.leave(() => location.reload());
    return later(now === "out" ? "signed-out" : "connection");
  };

  const conclude = async (record, answer) => {
    failures = 0;
    forget(record);
    // what goes wrong while it is shown does not hold up what follows
    await av.bench.answered(record, answer, sources.get(record)).catch(reportError);
    return true;
  };

  /** Send one; resolves to whether the next one may follow. */
  const step = async (record) => {
    await kept.get(record);
    const hint = setTimeout(say, slow, "stuck", { record, why: "connection" });
    const answer = await send(record);
    clearTimeout(hint);
    if (!answer || isBusy(answer)) return later("connection", answer);
    if ([0, 401, 403].includes(answer.status)) return refused(record, answer);
    return isFault(answer) || isLock(answer) ? fails(record, answer) : conclude(record, answer);
  };

  const run = async () => {
    if (isSending) return;
    isSending = true;
    clearTimeout(timer);
    try {
      for (let record = next(); record && (await av.answering(step(record))); record = next());
    } finally {
      isSending = false;
    }
  };

  /** Go on with what pages left behind that are gone, if it is of who is signed in here; of others only tell. */
  const adopt = async () => {
    const alive = await livePages();
    const known = new Set(waiting.map((record) => record.nonce));
    const isLeft = ({ user, nonce, page: holder }) =>
      user === own().viewer && holder !== page && !known.has(nonce) && !alive.has(lockOf(holder));
    for (const record of await av.store.take(page, isLeft)) {
      kept.set(record, Promise.resolve(true));
      waiting.push(record);
    }
    waiting.sort((one, other) => (one.key ?? Infinity) - (other.key ?? Infinity));
    const all = await av.store.all();
    const others = all.filter((record) => record.user !== own().viewer);
    say("others", { others });
    say("waiting");
    // a page that is just being left holds its own for a moment
    if (all.length - others.length > waiting.length) setTimeout(wake, 1000);
  };

  const wake = () =>
    adopt()
      .catch(() => {})
      .then(run);

  Object.assign(av.bench, {
    waiting: () => waiting,

    /** Take on what a form asks for: {url, fields, label, kind, place}. */
    add(asked, source) {
      const { viewer, viewerName } = own();
      const record = { ...asked, nonce: number(), at: new Date().toISOString(), page, user: viewer, name: viewerName };
      Object.assign(record, { queued: failures > 0, aside: "" });
      const keeping = av.store.keep(record).then(
        () => true,
        () => say("unkept"),
      );
      kept.set(record, keeping);
      sources.set(record, source);
      waiting.push(record);
      say("waiting");
      if (failures > 0) say("stuck", { record, why: "connection" });
      run();
    },

    /** Try at once, also what was set aside. */
    retry() {
      for (const record of waiting) if (record.aside) note(record, { aside: "", faults: 0 });
      wake();
    },

    /** Give up what was set aside. */
    discard(nonce) {
      const record = waiting.find((one) => one.nonce === nonce && one.aside);
      if (record) forget(record);
    },

    /** What follows a scanned case goes into it, however late the case was answered. */
    intoCase(place, id) {
      const into = ([name, value]) => [name, name === "case_id" ? id : value];
      for (const one of waiting) if (one.place === place) note(one, { fields: one.fields.map(into) });
    },
  });

  document.addEventListener("DOMContentLoaded", wake);
  addEventListener("online", wake);
  // what is under way when the network goes will not be answered
  addEventListener("offline", () => {
    giveUp.abort();
    giveUp = new AbortController();
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wake());
  document.addEventListener("htmx:sse:after:connection", wake);
}
