// What the other scripts share. Everything listens on the document, so swapped content works at once.
globalThis.av = {
  /** The headers every unsafe request carries; the server writes them on the body for htmx, too. */
  headers() {
    return JSON.parse(document.body.getAttribute("hx-headers:inherited") ?? "{}");
  },

  /** Whether keys pressed here are text: then no shortcut fires and nothing is refreshed. */
  isTyping(node) {
    const control = node instanceof Element && node.closest("input, textarea, select, [contenteditable]");
    return Boolean(control) && !control.matches("input:is([type=checkbox], [type=radio], [type=button])");
  },

  /** Whether htmx sends this element's request, rather than the browser. */
  isHtmx(node) {
    return node.matches("[hx-get], [hx-post], [hx-put], [hx-patch], [hx-delete]");
  },

  /** A whole number with thin groups, as the server writes it: 12 840. */
  number(value) {
    return String(value).replace(/\B(?=(\d{3})+$)/g, "\u2009");
  },

  /** Show a receipt: {tone, title, text, undo_url}; the server sends the same through HX-Trigger. */
  toast(detail) {
    document.dispatchEvent(new CustomEvent("toast", { detail }));
  },

  /** Say that something in use was left, so that what waited for it may be refreshed. */
  settled() {
    document.dispatchEvent(new Event("av:settled"));
  },

  /** The open modal dialog on top, if any. */
  dialog() {
    return [...document.querySelectorAll("dialog:modal")].at(-1) ?? null;
  },

  /** Run now and again for whatever htmx swaps in. */
  eachPage(run) {
    document.addEventListener("DOMContentLoaded", () => run(null));
    document.addEventListener("htmx:after:swap", (event) => run(event.detail.ctx));
  },
};
