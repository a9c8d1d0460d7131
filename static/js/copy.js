// [data-copy="id"]: puts the text of a field on the clipboard, or selects it where that is not allowed.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    av.toast({ tone: "green", title: "Copied" });
  } catch {
    av.toast({ tone: "amber", title: "Not copied", text: "It is selected: press Ctrl C." });
  }
});
