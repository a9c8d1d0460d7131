// Draws the calendar of every page that has one, and keeps it new.
{
  const wait = 120;
  const concerned = new Set(["event", "rental", "maintenance", "client", "equipment", "unit", "sub_hire", "user"]);
  const { phone, Planner } = av.calendar;
  let shown = null;

  /** On a phone a month is no more than dots: there the head is that of a list, before anything is drawn. */
  const choose = async () => {
    const list = document.querySelector("#calendar-head[data-view=dayGridMonth] [data-view-key=list]");
    if (!list || !phone.matches || new URLSearchParams(location.search).has("view")) return;
    await htmx.ajax("GET", list.href, { source: list, target: "#calendar-head", swap: "outerMorph" });
  };

  const begin = async (root) => {
    if (root.dataset.calendar) return;
    root.dataset.calendar = "drawn";
    await choose();
    // a browser that is still busy with the library may answer to fingers in between
    await new Promise((resolve) => setTimeout(resolve));
    if (!root.isConnected) return;
    root.replaceChildren();
    shown = new Planner(root);
  };

  av.eachPage(() => {
    const root = document.querySelector("[data-calendar]");
    if (!root || root === shown?.root) return;
    shown?.library.destroy();
    shown = null;
    begin(root);
  });

  let timer = 0;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => shown?.root.isConnected && shown.refresh(), wait);
  };
  const isOurs = (event) => event.target.id === "live";
  document.addEventListener("change", (event) => {
    if (isOurs(event) && JSON.parse(event.detail.data).changes.some((change) => concerned.has(change.entity))) soon();
  });
  document.addEventListener("resync", (event) => isOurs(event) && soon());
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (ctx.target?.id === "calendar-head" || ctx.target?.matches?.("#calendar-head")) shown?.follow();
  });
}
