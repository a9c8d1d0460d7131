// Receipts: rendered with the page, or sent by the server as HX-Trigger: {"toast": {tone, title, text, undo_url}}.
{
  const lifetime = 10000;
  const records = new WeakMap();
  let newest = null;
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  const remove = (toast) => {
    if (toast.contains(document.activeElement)) document.getElementById("main")?.focus();
    toast.remove();
  };

  // the bar of life ends the toast; without motion a timer does, and waits for hover and focus all the same
  const live = (toast) => {
    if (!still.matches || !toast.querySelector(".av-toast__life")) return;
    const end = () => (toast.matches(":hover, :focus-within") ? setTimeout(end, 1000) : remove(toast));
    setTimeout(end, lifetime);
  };

  const show = ({
    tone = "",
    title = "",
    text = "",
    undo_url: undo = null,
    link_url: url = null,
    link_text: words,
  }) => {
    const patterns = document.getElementById("toast")?.content;
    const region = document.getElementById("toasts");
    if (!patterns || !region) return;
    const pattern = (tone && patterns.querySelector(`.tone-${tone}`)) || patterns.firstElementChild;
    const toast = pattern.cloneNode(true);
    const button = toast.querySelector("[data-undo]");
    // the same refusal again does not pile up
    for (const old of tone === "red" ? region.querySelectorAll(".tone-red") : []) {
      const said = [...old.querySelectorAll("strong, p")].map((one) => one.textContent);
      if (said[0] === title && said[1] === (text ?? "")) remove(old);
    }
    const link = toast.querySelector("[data-toast-link]");
    if (url) [link.href, link.textContent] = [url, words];
    else link.remove();
    if (undo) button.dataset.undo = undo;
    else button.remove();
    region.append(toast);
    newest = toast;
    queueMicrotask(() => {
      newest = null;
    });
    // words that come after the region are announced, words that come with it may not be
    requestAnimationFrame(() => {
      toast.querySelector("strong").textContent = title;
      toast.querySelector("p").textContent = text ?? "";
    });
    live(toast);
  };

  document.addEventListener("toast", (event) => show(event.detail));
  // what was written comes with its receipt: an older Undo of the same record would only be refused
  document.addEventListener("written", ({ detail: { changes } }) => {
    const topics = (changes ?? []).map(([entity, id, version]) => version && `${entity}-${id}`).filter(Boolean);
    for (const old of document.querySelectorAll("#toasts .av-toast:has([data-undo])"))
      if (old !== newest && records.get(old)?.some((topic) => topics.includes(topic))) remove(old);
    if (newest) records.set(newest, topics);
  });
  document.addEventListener("DOMContentLoaded", () => {
    for (const toast of document.querySelectorAll(".av-toast")) live(toast);
  });
  document.addEventListener("animationend", (event) => {
    if (!still.matches && event.target.matches(".av-toast__life")) remove(event.target.closest(".av-toast"));
  });
  document.addEventListener("click", (event) => {
    const toast = event.target.closest(".av-toast");
    if (event.target.closest("[data-toast-close]")) remove(toast);
    const undo = event.target.closest("[data-undo]");
    if (undo && undo.getAttribute("aria-busy") !== "true")
      htmx.ajax("POST", undo.dataset.undo, { source: undo, target: undo, swap: "none" });
  });
  // what was refused is settled once something was done: the answer's own toast comes after this
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    if (ctx.quiet || ctx.request.method === "GET" || ctx.response.status >= 400) return;
    for (const old of document.querySelectorAll("#toasts .tone-red")) remove(old);
  });
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    if (ctx.sourceElement.matches("[data-undo]") && ctx.response.status < 400)
      remove(ctx.sourceElement.closest(".av-toast"));
  });
}
