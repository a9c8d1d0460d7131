// The palette: htmx fetches the answers, this moves through them and opens them.
// An option has data-href (a page) or data-click (a selector of something on this page).
{
  const palette = () => document.getElementById("palette");
  const options = () => [...palette().querySelectorAll('[role="option"]')];
  const field = () => palette().querySelector('[role="combobox"]');

  const select = (option) => {
    for (const other of options()) other.setAttribute("aria-selected", String(other === option));
    if (option) {
      option.id ||= `palette-option-${options().indexOf(option)}`;
      field().setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else field().removeAttribute("aria-activedescendant");
  };

  const follow = (option, apart) => {
    if (option.dataset.href && apart) window.open(option.dataset.href, "_blank", "noopener");
    else if (option.dataset.href) location.assign(option.dataset.href);
    else {
      palette().close();
      document.querySelector(option.dataset.click)?.click();
    }
  };

  const ask = () => htmx.trigger(field(), "palette:open", {}, false);

  document.addEventListener("av:open", (event) => {
    if (event.target !== palette()) return;
    field().select();
    ask();
  });

  // whoever was faster than htmx has asked nobody yet
  document.addEventListener("htmx:after:process", ({ target }) => {
    if (target === document.body && palette()?.open) ask();
  });

  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (ctx.target?.id !== "palette-hits") return;
    const found = options();
    select(found[0]);
    // a list box without options is none: what it holds then are words
    ctx.target.setAttribute("role", found.length > 0 ? "listbox" : "group");
    field().setAttribute("aria-expanded", String(found.length > 0));
    const words = found.length === 1 ? "1 result" : `${found.length || "No"} results`;
    document.getElementById("palette-count").textContent = field().value ? words : "";
  });

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || !event.target.matches?.("#palette [role=combobox]")) return;
    const all = options();
    const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : all.length - 1;
      select(all[(Math.max(at, event.key === "ArrowDown" ? -1 : 0) + step) % all.length]);
    } else if (event.key === "Enter" && all[at]) {
      event.preventDefault();
      follow(all[at], event.ctrlKey || event.metaKey);
    }
  });

  document.addEventListener("click", (event) => {
    const option = event.target.closest("#palette [role=option]");
    if (option) follow(option, event.ctrlKey || event.metaKey);
    else if (event.target.id === "palette") palette().close();
  });
}
