// Dispatch and check-in: figures that are stepped. Scans are those of the bench.
// + and - beside a number; without this script the number is typed
av.eachPage(() => {
  for (const button of document.querySelectorAll("[data-stepper] [data-step][hidden]")) button.hidden = false;
});
document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-step]");
  const input = button?.closest("[data-stepper]").querySelector("input");
  if (!input) return;
  const next = (Number.parseInt(input.value, 10) || 0) + Number(button.dataset.step);
  input.value = Math.min(Math.max(next, 0), Number(input.dataset.most));
  input.dispatchEvent(new Event("input", { bubbles: true }));
});
