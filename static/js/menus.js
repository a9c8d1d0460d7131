// Popovers are placed beside the button that opened them; menus inside answer to the arrow keys.
{
  const anchored = CSS.supports("anchor-name: --pop");

  const place = (popover, button) => {
    const edge = button.getBoundingClientRect();
    const room = document.documentElement.clientWidth - popover.offsetWidth - 12;
    popover.style.position = "fixed";
    popover.style.insetBlockStart = `${edge.bottom + 6}px`;
    popover.style.insetInlineStart = `${Math.max(12, Math.min(edge.left, room))}px`;
  };

  let anchor = null;

  // a refresh of what the button stands in takes the mark away
  document.addEventListener("htmx:after:swap", () => {
    if (anchor?.isConnected && document.querySelector(".av-pop--at.is-named:popover-open"))
      anchor.classList.add("av-anchor");
  });

  document.addEventListener(
    "beforetoggle",
    (event) => {
      const popover = event.target;
      if (!popover.matches(".av-pop--at") || event.newState !== "open") return;
      const active = document.activeElement?.closest(`[popovertarget="${popover.id}"]`);
      const button = event.source ?? active ?? document.querySelector(`[popovertarget="${popover.id}"]`);
      if (!button) return;
      for (const other of document.querySelectorAll(".av-anchor")) other.classList.remove("av-anchor");
      button.classList.add("av-anchor");
      anchor = button;
      popover.classList.add("is-named");
      if (!anchored) requestAnimationFrame(() => place(popover, button));
    },
    true,
  );

  const items = (menu) => [...menu.querySelectorAll('[role="menuitem"]')].filter((item) => item.checkVisibility());

  document.addEventListener(
    "toggle",
    (event) => {
      if (!event.target.matches("[popover]")) return;
      if (event.newState === "closed") {
        av.settled();
        if (event.target.matches("#modal > *")) event.target.remove();
      }
      if (event.newState === "open" && event.target.matches('[role="menu"]')) items(event.target)[0]?.focus();
    },
    true,
  );

  // what was chosen is done: an open menu would keep the head it stands in from being refreshed
  document.addEventListener("htmx:after:request", ({ detail }) => {
    detail.ctx.sourceElement?.closest?.('[role="menu"]:popover-open')?.hidePopover();
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.('[role="menu"]');
    if (!menu) return;
    const all = items(menu);
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: (at + 1) % all.length, ArrowUp: (at || all.length) - 1, Home: 0, End: all.length - 1 };
    if (event.key in to) {
      event.preventDefault();
      all[to[event.key]]?.focus();
    } else if (event.key === "Tab") menu.hidePopover();
  });
}
