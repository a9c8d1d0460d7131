// Sending: one request per intent, feedback at once, failures said in words with everything typed kept.
{
  const reasons = {
    401: ["Your session has ended", "Sign in again in another tab, then repeat this. What you typed stays here."],
    403: ["You may not do this", "Ask an admin for the permission."],
    404: ["This is gone", "Somebody may have removed it. Load the page again to see what is there."],
    413: ["Too large", "The server does not take a file of this size."],
    429: ["Too many attempts", "Wait a moment, then try again."],
    503: ["The server is busy", "Nothing was changed. Try again in a few seconds."],
  };
  // what was dragged or pressed has nothing typed that could be lost
  const isTyped = ({ sourceElement }) =>
    Boolean(sourceElement.closest("form")?.querySelector("textarea, select, input:not([type=hidden], [type=search])"));
  const otherwise = (ctx) => [
    "That did not work",
    isTyped(ctx) ? "Nothing was changed, and what you typed is still here." : "Nothing was changed.",
  ];

  const patience = 15000;

  const busy = (node, on) => {
    if (on) node?.setAttribute("aria-busy", "true");
    else node?.removeAttribute("aria-busy");
  };
  const isBusy = (node) => node?.getAttribute("aria-busy") === "true";

  const refuse = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  // a second press while the first is on its way does nothing
  document.addEventListener("submit", (event) => isBusy(event.target) && refuse(event), true);
  document.addEventListener("click", (event) => isBusy(event.target.closest("button, a.btn")) && refuse(event), true);

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const isPost = form.getAttribute("method")?.toLowerCase() === "post";
    if (event.defaultPrevented || av.isHtmx(form) || !isPost || "download" in form.dataset) return;
    for (const node of [form, event.submitter]) {
      busy(node, true);
      setTimeout(busy, patience, node, false);
    }
  });
  // back from the next page with the old one kept alive: its buttons work again
  addEventListener("pageshow", () => {
    for (const node of document.querySelectorAll("form[aria-busy], button[aria-busy]")) busy(node, false);
  });

  const parts = ({ sourceElement, request, target }) => {
    // an answer that goes elsewhere names its place, as text
    const isRegion = target instanceof Element && target !== sourceElement && target !== document.body;
    const region = isRegion ? target : null;
    // a field that asks something for itself does not hold up its form: Enter or a click right after it counts
    const asker = sourceElement.matches("form") ? sourceElement : sourceElement.closest("button, a");
    return [asker, request.submitter, region];
  };

  // kept, because an answer that replaces the form makes another element the source of its request
  const waiting = new WeakMap();

  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    if (ctx.quiet || ctx.sourceElement.id === "live") return;
    waiting.set(ctx, parts(ctx));
    for (const node of parts(ctx)) busy(node, true);
    parts(ctx)[2]?.classList.add("is-waiting");
  });
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    for (const node of waiting.get(ctx) ?? []) {
      busy(node, false);
      node?.classList.remove("is-waiting");
    }
  });

  const isQuiet = (ctx) => ctx?.quiet || ctx?.sourceElement?.id === "live" || ctx?.sourceEvent?.type === "live:refresh";

  const complain = ([title, text]) => av.toast({ tone: "red", title, text });

  document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
    const { status } = ctx.response;
    if (isQuiet(ctx) || status === 409 || status === 422 || ctx.hx.trigger?.includes("toast") || ctx.hx.redirect)
      return;
    complain(reasons[status] ?? otherwise(ctx));
  });

  document.addEventListener("htmx:error", ({ detail: { ctx, error } }) => {
    if (!ctx || isQuiet(ctx) || ctx.response) return;
    const lost = error === "timeout" ? "The server took too long" : "No connection";
    const kept = isTyped(ctx)
      ? "Not saved. What you typed is still here."
      : "Nothing was changed. Try again in a moment.";
    complain([lost, ctx.request.method === "GET" ? "Try again in a moment." : kept]);
  });

  // errors in a form: the summary takes the focus, the title says so
  const prefix = "Error: ";
  av.eachPage((ctx) => {
    const summary = document.querySelector(".av-errors");
    const title = document.title.replace(prefix, "");
    document.title = summary ? prefix + title : title;
    if (summary && (!ctx || ctx.response?.status === 422)) summary.focus();
  });
}
