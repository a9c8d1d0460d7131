// Dialogs: [data-dialog="id"] opens, [data-close] closes, one that is swapped in with data-open opens itself.
// A form takes the focus in its first field, anything else at its title; the trigger gets it back.
{
  const triggers = new WeakMap();

  // a modal dialog makes all else inert, so the receipts move into it and back out again
  const hold = (parent) => {
    const toasts = document.getElementById("toasts");
    if (toasts && parent.moveBefore) parent.moveBefore(toasts, null);
    else if (toasts) parent.append(toasts);
  };

  // what was refused, else the first that can be filled in; a merge is read before anything is chosen
  const firstField = (dialog) => {
    if ("merge" in dialog.dataset) return null;
    const fields = [...dialog.querySelectorAll("input:not([type=hidden]), select, textarea")];
    const usable = fields.filter((field) => !field.disabled && field.checkVisibility());
    return usable.find((field) => field.matches("[aria-invalid=true]")) ?? usable[0];
  };

  const open = (dialog, trigger) => {
    if (dialog.open) return;
    triggers.set(dialog, trigger);
    dialog.showModal();
    hold(dialog);
    (firstField(dialog) ?? dialog.querySelector("h2[tabindex]"))?.focus();
    dialog.dispatchEvent(new Event("av:open", { bubbles: true }));
  };
  av.open = open;

  // a trigger inside a menu is gone with the menu: its button stands in for it
  const visible = (trigger) => {
    const menu = trigger?.closest("[popover]");
    return menu && !menu.matches(":popover-open") ? document.querySelector(`[popovertarget="${menu.id}"]`) : trigger;
  };

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (dialog && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
      open(dialog, opener);
    }
    const within = event.target.closest("[data-close]")?.closest("dialog");
    if (within) {
      event.preventDefault();
      within.close();
    }
  });

  document.addEventListener(
    "close",
    ({ target: dialog }) => {
      const trigger = visible(triggers.get(dialog));
      if (trigger?.isConnected && !dialog.contains(trigger)) trigger.focus();
      if (dialog.contains(document.getElementById("toasts"))) hold(av.dialog() ?? document.body);
      if (dialog.closest("#modal")) dialog.remove();
      av.settled();
    },
    true,
  );

  // Escape on something typed asks by itself: the first press warns, the second closes
  document.addEventListener(
    "cancel",
    (event) => {
      const dialog = event.target;
      if (!(dialog instanceof HTMLDialogElement) || !dialog.querySelector("form[data-dirty]")) return;
      if (dialog.dataset.warned) return;
      dialog.dataset.warned = "yes";
      event.preventDefault();
      av.toast({ tone: "amber", title: "Not saved yet", text: "Press Esc once more to drop what you typed." });
    },
    true,
  );

  // a swap may take a dialog away without closing it: the receipts are not to go with it
  document.addEventListener("htmx:before:swap", () => {
    if (document.getElementById("toasts")?.closest("dialog")) hold(document.body);
  });
  document.addEventListener("htmx:finally:swap", () => {
    const dialog = av.dialog();
    if (dialog && !dialog.contains(document.getElementById("toasts"))) hold(dialog);
  });

  av.eachPage((ctx) => {
    for (const dialog of document.querySelectorAll("dialog[data-open]:not([open])"))
      open(dialog, ctx?.sourceElement ?? document.activeElement);
    for (const popover of document.querySelectorAll("[popover][data-open]:not(:popover-open)"))
      popover.showPopover({ source: ctx?.sourceElement });
  });
}
