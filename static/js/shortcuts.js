// Keyboard shortcuts. Single keys wait a moment, because a barcode scanner types too (scanner.js), and never
// fire while somebody is typing; <html data-shortcuts="off"> switches them off.
{
  const patience = 45;
  // what a key is for, on pages that have it
  const targets = {
    c: '[data-shortcut="create"]',
    e: 'main [data-shortcut="edit"], main .av-table .av-editable',
    j: "main .av-table tbody tr[id]",
    k: "main .av-table tbody tr[id]",
    x: "[data-bulk]",
    z: "[data-undo]",
    Esc: "main .av-table .av-editable",
    "Ctrl Enter": "main form[data-guard]",
    "← →": "main .av-bar",
    "↑ ↓": "main .av-bar",
    "Home End": "main .av-bar",
    "[ ]": "[data-time]",
  };
  let going = 0;
  let waiting = 0;

  const show = (id) => {
    const dialog = document.getElementById(id);
    if (dialog) av.open(dialog, document.activeElement);
  };

  const press = (selector) => document.querySelector(selector)?.click();

  const place = (key) => document.querySelector(`.av-nav [data-go="${CSS.escape(key)}"]`);

  // the list names what works here and now
  document.addEventListener("av:open", ({ target: dialog }) => {
    if (dialog.id !== "shortcuts") return;
    const works = (keys) => !(keys in targets) || document.querySelector(targets[keys]) !== null;
    for (const line of dialog.querySelectorAll("[data-keys]")) line.hidden = !works(line.dataset.keys);
    for (const group of dialog.querySelectorAll("section"))
      group.hidden = !group.querySelector("[data-keys]:not([hidden])");
  });

  const find = () => {
    const search = document.querySelector('main [type="search"]');
    if (search?.checkVisibility()) search.select();
    else show("palette");
  };

  const single = {
    "?": () => show("shortcuts"),
    "/": find,
    c: () => press(targets.c),
    e: () => av.rows.edit(),
    g: () => {
      going = Date.now();
    },
    j: () => av.rows.move(1),
    k: () => av.rows.move(-1),
    x: () => av.rows.toggle(),
    z: () => [...document.querySelectorAll(targets.z)].at(-1)?.click(),
    "[": () => press('[data-time="earlier"]'),
    "]": () => press('[data-time="later"]'),
  };

  const act = (key) => {
    const link = Date.now() - going < 1500 && place(key);
    if (link) {
      going = 0;
      link.click();
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
      const form = event.target.closest?.("form") ?? document.querySelector(targets["Ctrl Enter"]);
      form?.requestSubmit();
    } else if (!control && !event.altKey && !av.isTyping(event.target) && !av.dialog()) {
      if (event.key === "/") event.preventDefault();
      waiting = setTimeout(act, patience, event.key);
    }
  });
}
