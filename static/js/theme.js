// The theme switch: system, light, dark. The server renders the choice, so nothing flashes on the next page.
{
  const order = ["system", "light", "dark"];
  const words = { system: "follows the system", light: "light", dark: "dark" };
  const root = document.documentElement;
  const year = 31536000;

  let sending = Promise.resolve();

  const send = (theme) =>
    fetch("/profile/theme", {
      method: "POST",
      headers: av.headers(),
      body: new URLSearchParams({ theme }),
      keepalive: true,
    })
      .then((answer) => {
        if (!answer.ok) throw new Error(answer.statusText);
      })
      .catch(() => av.toast({ tone: "amber", title: "Theme not saved", text: "It holds on this device only." }));

  const remember = (theme) => {
    const secure = location.protocol === "https:" ? "; secure" : "";
    // biome-ignore lint/suspicious/noDocumentCookie: the cookie store is not everywhere, and this must not wait
    document.cookie = `theme=${theme}; path=/; max-age=${year}; samesite=lax${secure}`;
    if (!document.body.dataset.viewer) return;
    // one after the other: two quick clicks must not reach the server in the other order
    sending = sending.then(() => send(theme));
  };

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    const theme = order[(order.indexOf(root.dataset.theme ?? "system") + 1) % order.length];
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    for (const button of document.querySelectorAll("[data-theme-switch][aria-label]"))
      button.setAttribute("aria-label", `Theme: ${words[theme]}`);
    remember(theme);
  });
}
