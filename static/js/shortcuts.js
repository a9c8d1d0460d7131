// Keyboard shortcuts. Single keys wait a moment, because a barcode scanner types too (scanner.js), and never
// fire while somebody is typing; <html data-shortcuts="off"> switches them off.
{
  const patience = 45;
  const places = {
    a: ["/activity"],
    c: ["/calendar"],
    e: ["/events"],
    i: ["/inventory"],
    m: ["/maintenance"],
    p: ["/prep"],
    s: ["/settings"],
    t: ["/"],
    u: ["/users", "/settings/users"],
  };
  let going = 0;
  let waiting = 0;

  const show = (id) => {
    const dialog = document.getElementById(id);
    if (dialog) av.open(dialog, document.activeElement);
  };

  const press = (selector) => document.querySelector(selector)?.click();

  const go = (key) => {
    for (const href of places[key] ?? []) {
      const link = document.querySelector(`.av-nav a.av-nav__item[href="${href}"]`);
      if (link) {
        link.click();
        return;
      }
    }
  };

  const find = () => {
    const search = document.querySelector('main [type="search"]');
    if (search?.checkVisibility()) search.select();
    else show("palette");
  };

  const single = {
    "?": () => show("shortcuts"),
    "/": find,
    c: () => press('[data-shortcut="create"]'),
    e: () => av.rows.edit(),
    g: () => {
      going = Date.now();
    },
    j: () => av.rows.move(1),
    k: () => av.rows.move(-1),
    x: () => av.rows.toggle(),
    z: () => [...document.querySelectorAll("[data-undo]")].at(-1)?.click(),
  };

  const act = (key) => {
    if (Date.now() - going < 1500 && key in places) {
      going = 0;
      go(key);
    } else single[key]?.();
  };

  document.addEventListener("keydown", (event) => {
    clearTimeout(waiting);
    if (document.documentElement.dataset.shortcuts === "off" || event.isComposing || event.defaultPrevented) return;
    const control = event.ctrlKey || event.metaKey;
    if (control && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (!av.dialog()) show("palette");
    } else if (control && event.key === "Enter") {
      const form = event.target.closest?.("form") ?? document.querySelector("main form[data-guard]");
      form?.requestSubmit();
    } else if (!control && !event.altKey && !av.isTyping(event.target) && !av.dialog()) {
      if (event.key === "/") event.preventDefault();
      waiting = setTimeout(act, patience, event.key);
    }
  });
}
