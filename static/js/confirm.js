// [data-confirm]: asks in our own dialog before a form is sent, a link followed or a button pressed.
{
  const agreed = new WeakSet();

  /** Ask {title, text, action, danger}; resolves to whether the person agreed. */
  av.ask = ({ title, text = "", action = "Continue", danger = false }) => {
    const dialog = document.getElementById("confirm");
    if (!dialog) return Promise.resolve(window.confirm(title));
    const button = document.getElementById("confirm-action");
    document.getElementById("confirm-title").textContent = title;
    document.getElementById("confirm-text").textContent = text;
    button.textContent = action;
    button.classList.toggle("btn-danger", danger);
    button.classList.toggle("btn-primary", !danger);
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((resolve) => {
      button.onclick = () => dialog.close("yes");
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    });
  };

  const question = (data) => ({
    title: data.confirm,
    text: data.confirmText,
    action: data.confirmAction,
    danger: "confirmDanger" in data,
  });

  const halt = (event, asker, subject, again) => {
    if (agreed.delete(subject)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    av.ask(question(asker.dataset)).then((yes) => {
      if (!yes) return;
      agreed.add(subject);
      again();
    });
  };

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      const { submitter } = event;
      const asker = submitter?.matches("[data-confirm]") ? submitter : form.matches("[data-confirm]") ? form : null;
      if (asker) halt(event, asker, form, () => form.requestSubmit(submitter));
    },
    true,
  );

  document.addEventListener(
    "click",
    (event) => {
      const asker = event.target.closest("[data-confirm]");
      if (!asker || asker.matches("form") || (asker.type === "submit" && asker.form && !av.isHtmx(asker))) return;
      halt(event, asker, asker, () => asker.click());
    },
    true,
  );

  document.addEventListener("htmx:confirm", (event) => {
    const { ctx, issueRequest, dropRequest } = event.detail;
    event.preventDefault();
    av.ask({ ...question(ctx.sourceElement.dataset), title: ctx.confirm }).then((yes) =>
      yes ? issueRequest() : dropRequest(),
    );
  });
}
