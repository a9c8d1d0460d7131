// The merge dialog: a choice fills what will be saved, writing anew is a choice, too; saving waits for all of them.
{
  const fields = (dialog) => [...dialog.querySelectorAll("[data-merge-field]")];

  const parts = (field) => ({
    mine: field.querySelector("[data-merge-mine]").value,
    theirs: field.querySelector("[data-merge-theirs]").value,
    result: field.querySelector("[data-merge-result]"),
    chosen: field.querySelector("input[type=radio]:checked"),
  });

  const isDecided = (field) => {
    const { mine, theirs, result, chosen } = parts(field);
    return chosen !== null || (result.value !== mine && result.value !== theirs);
  };

  const show = (dialog) => {
    let decided = 0;
    for (const field of fields(dialog)) {
      const done = isDecided(field);
      decided += Number(done);
      const badge = field.querySelector("[data-merge-state]");
      badge.textContent = done ? "decided" : "choose one";
      badge.classList.toggle("tone-green", done);
      badge.classList.toggle("tone-amber", !done);
    }
    const all = fields(dialog).length;
    dialog.querySelector("[data-merge-count]").textContent = `${decided} of ${all} decided`;
    dialog.querySelector("[data-merge-save]").setAttribute("aria-disabled", String(decided < all));
  };

  const change = (event) => {
    const field = event.target.closest?.("[data-merge-field]");
    if (!field) return;
    const { mine, theirs, result } = parts(field);
    if (event.target.type === "radio") {
      result.value = event.target.value === "mine" ? mine : theirs;
    } else if (event.target === result) {
      const match = result.value === mine ? "mine" : result.value === theirs ? "theirs" : "";
      for (const radio of field.querySelectorAll("input[type=radio]")) radio.checked = radio.value === match;
    }
    show(field.closest("[data-merge]"));
  };
  document.addEventListener("input", change);
  document.addEventListener("change", change);

  const refuse = (event) => {
    const save = event.target.closest?.("[data-merge-save][aria-disabled=true]");
    if (!save) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const open = fields(save.closest("[data-merge]")).find((field) => !isDecided(field));
    open?.querySelector("input[type=radio]")?.focus();
  };
  document.addEventListener("click", refuse, true);

  // the form behind holds what was typed and was not saved, until the dialog saves it
  const mark = (dialog, isDirty) => {
    for (const form of document.querySelectorAll("form[data-guard]"))
      if (!dialog.contains(form)) form.toggleAttribute("data-dirty", isDirty);
  };
  document.addEventListener(
    "submit",
    (event) => {
      const dialog = event.target.closest("[data-merge]");
      if (dialog) mark(dialog, false);
    },
    true,
  );

  // it stands open in the page for those without scripts; here it becomes modal
  av.eachPage(() => {
    for (const dialog of document.querySelectorAll("dialog[data-merge]:not(:modal)")) {
      if (dialog.dataset.merge === "shown") continue;
      dialog.dataset.merge = "shown";
      dialog.removeAttribute("open");
      show(dialog);
      av.open(dialog, document.activeElement);
      mark(dialog, true);
    }
  });
}
