// A strip of days ([data-strip]) is one stop of the tab key: the arrow keys go from day to day.
document.addEventListener("keydown", (event) => {
  const strip = event.target.closest?.("[data-strip]");
  if (!strip) return;
  const days = [...strip.querySelectorAll("a")];
  const at = days.indexOf(document.activeElement);
  const to = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at - 7,
    ArrowDown: at + 7,
    Home: 0,
    End: days.length - 1,
  };
  const next = days[to[event.key]];
  if (!next) return;
  event.preventDefault();
  for (const day of days) day.tabIndex = day === next ? 0 : -1;
  next.focus();
});
