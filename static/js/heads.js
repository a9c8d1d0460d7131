// A form that htmx sends shows the page that answers without its head. What only that page needs (data-of, written
// by ui.files_of) is fetched before the page is shown.
{
  const missing = (page) =>
    [...page.querySelectorAll("head [data-of]")].filter(
      ({ localName, dataset }) => !document.head.querySelector(`${localName}[data-of="${CSS.escape(dataset.of)}"]`),
    );

  const fetched = (found) =>
    new Promise((resolve) => {
      const node = document.createElement(found.localName);
      for (const { name, value } of found.attributes) node.setAttribute(name, value);
      for (const ending of ["load", "error"]) node.addEventListener(ending, resolve);
      document.head.append(node);
    });

  const complete = async (answer) => {
    if (!answer.headers.get("content-type")?.startsWith("text/html")) return answer;
    const page = new DOMParser().parseFromString(await answer.clone().text(), "text/html");
    await Promise.all(missing(page).map(fetched));
    return answer;
  };

  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    if (ctx.request.headers["HX-Request-Type"] !== "full") return;
    const send = ctx.fetch;
    ctx.fetch = async (...request) => complete(await send(...request));
  });
}
