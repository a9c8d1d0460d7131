// The line of the present on the axis of the first page moves on with the clock of the shop.
{
  const clockOf = (zone) => {
    const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
    const [day, time] = format.format().split(" ");
    const [hours, minutes] = time.split(":").map(Number);
    return { day, time, passed: hours * 60 + minutes };
  };

  // an hour that the clock covers in part would be read as another one
  const cover = (pill) => {
    const here = pill.getBoundingClientRect();
    for (const tick of pill.closest(".av-day").querySelectorAll(".av-day__axis > span")) {
      const range = document.createRange();
      range.selectNodeContents(tick);
      const there = range.getBoundingClientRect();
      tick.classList.toggle("is-covered", there.left < here.right + 2 && there.right > here.left - 2);
    }
  };

  const move = () => {
    const line = document.querySelector("[data-clock]");
    if (!line || document.hidden) return;
    const { day, time, passed } = clockOf(line.dataset.clock);
    if (day !== line.dataset.day) {
      // another day: everything on the page is about other dates
      htmx.trigger(line.closest("[data-live-region]"), "live:refresh", {}, false);
      return;
    }
    const column = Number(line.dataset.midnight) + Math.floor(passed / Number(line.dataset.minutes));
    line.className = `av-day__now from-${Math.max(column, 1)}`;
    const pill = line.querySelector("span");
    pill.textContent = time;
    cover(pill);
  };

  move();
  setInterval(move, 20000);
  document.addEventListener("htmx:after:swap", move);
  document.addEventListener("visibilitychange", move);
}
