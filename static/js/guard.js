// form[data-guard]: leaving with something typed and not saved asks first. A form is dirty while its values differ
// from those it came with; other scripts read data-dirty.
{
  const clean = new WeakMap();
  let leaving = false;

  const values = (form) => new URLSearchParams(new FormData(form)).toString();

  const dirtyForms = () => [...document.querySelectorAll("form[data-guard][data-dirty]")];

  const check = (event) => {
    const form = event.target.closest?.("form[data-guard]");
    if (!form || !clean.has(form)) return;
    form.toggleAttribute("data-dirty", values(form) !== clean.get(form));
  };

  // a form that came back with errors holds what was typed, so it is dirty from the start
  av.eachPage(() => {
    for (const form of document.querySelectorAll("form[data-guard]")) {
      if (clean.has(form)) continue;
      const refused = form.querySelector('[aria-invalid="true"]') !== null;
      clean.set(form, refused ? null : values(form));
      form.toggleAttribute("data-dirty", refused);
    }
  });
  document.addEventListener("input", check);
  document.addEventListener("change", check);
  document.addEventListener("reset", (event) => {
    event.target.removeAttribute("data-dirty");
    av.settled();
  });

  document.addEventListener("submit", (event) => {
    leaving = !event.defaultPrevented && !av.isHtmx(event.target);
  });
  addEventListener("pageshow", () => {
    leaving = false;
  });
  addEventListener("beforeunload", (event) => {
    if (!leaving && dirtyForms().length > 0) event.preventDefault();
  });

  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    const form = ctx.sourceElement.closest("form[data-guard]");
    if (!form || ctx.request.method === "GET" || ctx.response.status >= 400) return;
    form.removeAttribute("data-dirty");
    clean.set(form, values(form));
  });

  // a swap that would take a dirty form away
  document.addEventListener("htmx:config:request", (event) => {
    const { ctx } = event.detail;
    const form = dirtyForms().find((dirty) => ctx.target?.contains(dirty) && !dirty.contains(ctx.sourceElement));
    if (!form || ctx.swap.startsWith("none")) return;
    event.preventDefault();
    av.ask({
      title: "Leave without saving?",
      text: "What you typed in this form is not saved yet.",
      action: "Leave",
    }).then((yes) => {
      if (!yes) return;
      form.removeAttribute("data-dirty");
      htmx.trigger(ctx.sourceElement, ctx.sourceEvent.type);
    });
  });
}
