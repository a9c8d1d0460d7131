// form[data-bench-form]: what htmx would send goes through the queue instead. What was typed is gone from the field
// at once, and a dialog closes: the answer is told by the verdict.
{
  const ofTheQueue = (name) => ["_csrf_token", "nonce", "in_dialog"].includes(name);

  // what is too large to keep waits for nobody
  const hasFile = (body) => [...body.values()].some((value) => value instanceof File);

  const words = (form, submitter) =>
    submitter?.getAttribute("aria-label") || submitter?.textContent.trim() || form.getAttribute("aria-label") || "";

  const asked = ({ request, sourceElement: form }) => {
    const fields = [...request.body].filter(([name]) => !ofTheQueue(name));
    const label = new Map(fields).get("code") || words(form, request.submitter);
    return { url: request.action, fields, label, kind: form.dataset.benchForm, place: location.pathname };
  };

  document.addEventListener("htmx:config:request", (event) => {
    const { ctx } = event.detail;
    const form = ctx.sourceElement;
    if (ctx.answered || !form.matches("form[data-bench-form]") || hasFile(ctx.request.body)) return;
    event.preventDefault();
    const field = form.querySelector("[data-scan='here']");
    if (field?.value.trim() === "") return;
    av.bench.add(asked(ctx), form);
    if (field) field.value = "";
    form.closest("dialog")?.close();
  });
}
