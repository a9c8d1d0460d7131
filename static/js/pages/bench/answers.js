// What the server answered is shown by htmx, as if it had asked itself; until then the verdict says what is waited for.
{
  const isHere = ({ place }) => place === location.pathname;
  const verdict = () => document.getElementById("verdict");

  // words that stand there already are not said again
  const say = (id, words) => {
    const shown = av.bench.pattern(id, words);
    if (verdict()?.firstElementChild?.textContent !== shown.textContent) verdict()?.replaceChildren(shown);
  };

  const told = ({ headers }) => JSON.parse(headers.get("hx-trigger") ?? "{}");

  /** The headers of an answer; where it shows all that changed (data-answers-all), nothing is fetched again. */
  const withoutOwn = (answer) => {
    const { written, ...others } = told(answer);
    const headers = new Headers(answer.headers);
    const isShown = document.querySelector("[data-answers-all]") && written?.changes?.every(([, , version]) => version);
    if (!isShown) return headers;
    av.shown(written.changes);
    headers.set("hx-trigger", JSON.stringify(others));
    return headers;
  };

  const paint = async (record, given, source) => {
    const answer = new Response(given.text, { status: given.status, headers: withoutOwn(given) });
    const like = `form[data-bench-form][hx-post="${CSS.escape(record.url)}"]`;
    const from = source?.isConnected ? source : document.querySelector(like);
    const shown = from ? { source: from } : { source: document.getElementById("main"), swap: "none" };
    await htmx.ajax("POST", record.url, { ...shown, fetch: async () => answer, quiet: true, answered: true });
  };

  /** Show the answer to a record, and what it means for those that follow it. */
  av.bench.answered = async (record, answer, source) => {
    const leads = new URL(answer.headers.get("hx-replace-url") ?? "", location.origin);
    const into = leads.searchParams.get("case_id");
    if (into) av.bench.intoCase(record.place, into);
    const { title = "That did not work", text = "Nothing was changed." } = told(answer).toast ?? {};
    if (answer.status >= 400 && !isHere(record)) av.toast({ tone: "red", title, text: `${record.label}: ${text}` });
    if (!isHere(record)) return;
    await paint(record, answer, source);
    if (answer.status >= 400 && !answer.text) say("verdict-refused", { title, text });
    av.bench.sound(verdict()?.querySelector("[data-sound]")?.dataset.sound);
    // whoever scans further down the list looks at the verdict next
    if (source?.matches("#scans")) verdict()?.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("bench:stuck", ({ detail: { record, why } }) => {
    if (!isHere(record) || why === "busy") return;
    const count = av.bench.waiting().length;
    const words = { label: record.label, count: count === 1 ? "One tap or scan is" : `${count} taps and scans are` };
    say(why === "signed-out" ? "verdict-signed-out" : "verdict-waiting", words);
    const back = verdict()?.querySelector("a[data-with-queue]");
    if (back) back.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
  });
}
