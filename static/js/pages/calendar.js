// Calendars: that of everything, and that of one equipment beside its form. The library draws, the server decides:
// which days are shown stands in the head, which the server renders anew with every step. The parts are in calendar/,
// this is what they share.
av.calendar = { phone: matchMedia("(max-width: 600px)") };
{
  const pad = (number) => String(number).padStart(2, "0");
  // the clock of the calendar has no zone: what it calls UTC is the clock of whoever looks
  const text = (date) =>
    `${date.getUTCFullYear()}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}T${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}`;
  const day = (date) => text(date).slice(0, 10);

  /** A moment of the clock, so many months, days and milliseconds later. */
  const later = (moment, delta) => {
    const date = new Date(`${moment}Z`);
    date.setUTCFullYear(date.getUTCFullYear() + (delta?.years ?? 0), date.getUTCMonth() + (delta?.months ?? 0));
    date.setUTCDate(date.getUTCDate() + (delta?.days ?? 0));
    return text(new Date(date.getTime() + (delta?.milliseconds ?? 0)));
  };

  const fill = (form, from, to) => {
    form.elements.out_start.value = from;
    form.elements.out_end.value = to;
    form.elements.out_end.dispatchEvent(new Event("input", { bubbles: true }));
  };

  Object.assign(av.calendar, { text, day, later, fill });

  // gear for an event is taken for its dates, unless others are chosen
  document.addEventListener("change", ({ target }) => {
    const option = target.id === "event_id" ? target.selectedOptions[0] : null;
    if (option?.dataset.start) fill(target.form, option.dataset.start, option.dataset.end);
  });
}
