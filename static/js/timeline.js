// Arrows on the timeline: left and right along the bars of a row, up and down to the row beside, where the bar that
// is nearest in time takes the focus. Anywhere else in the pane they scroll, as everywhere.
{
  const rowsOf = (pane) => [...pane.querySelectorAll(".av-tl__row[id]")];
  const nameOf = (row) => row.querySelector(".av-tl__name a");
  const edge = (node) => node.getBoundingClientRect().left;
  const barsOf = (row) => [...row.querySelectorAll(".av-bar")].sort((a, b) => edge(a) - edge(b));

  const along = (row, at, step) => {
    const stops = [nameOf(row), ...barsOf(row)];
    return stops[stops.indexOf(at) + step];
  };

  const across = (row, at, step) => {
    const rows = rowsOf(row.closest(".av-tl"));
    const next = rows[rows.indexOf(row) + step];
    if (!next || !at.matches(".av-bar")) return next && nameOf(next);
    const distance = (bar) => Math.abs(edge(bar) - edge(at));
    const [nearest] = barsOf(next).sort((a, b) => distance(a) - distance(b));
    return nearest ?? nameOf(next);
  };

  const moves = {
    ArrowLeft: (row, at) => along(row, at, -1),
    ArrowRight: (row, at) => along(row, at, 1),
    ArrowUp: (row, at) => across(row, at, -1),
    ArrowDown: (row, at) => across(row, at, 1),
    Home: (row) => nameOf(row),
    End: (row) => barsOf(row).at(-1),
  };

  document.addEventListener("keydown", (event) => {
    const at = event.target.closest?.(".av-tl__row[id] :is(.av-bar, .av-tl__name a)");
    const move = moves[event.key];
    if (!at || !move || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    move(at.closest(".av-tl__row"), at)?.focus();
  });
}
