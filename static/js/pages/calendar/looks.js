// How days and events look, and what the library leaves out for those who listen.
{
  const span = (text, className = "") => {
    const node = document.createElement("span");
    node.textContent = text;
    node.className = className;
    return node;
  };

  const stateOf = ([word, tone, shape]) =>
    span(word, ["av-state", `tone-${tone}`, shape && `is-${shape}`].filter(Boolean).join(" "));

  /** What is said of an item besides its title; its state is no matter of colour alone. */
  const describe = ({ el, event, view }) => {
    const { words, state } = event.extendedProps;
    if (!state || isList(view)) return;
    el.title = `${event.title}\n${state[0]}, ${words}`;
    (el.querySelector("a") ?? el).append(span(`, ${state[0]}, ${words}`, "sr"));
  };

  const isList = (view) => view.type.startsWith("list");

  /** A line of a list: the state in words, the title as the link, when and where. */
  const line = ({ event, view }) => {
    if (!isList(view)) return true;
    const { state, words, href } = event.extendedProps;
    const link = document.createElement("a");
    link.href = href;
    link.textContent = event.title;
    return { domNodes: [stateOf(state), link, span(words, "av-mute av-13")] };
  };

  /** What the library leaves out: names of columns that are read aloud, and links called what they show. */
  const nameColumn = ({ el }) => {
    for (const part of el.querySelectorAll("[aria-hidden]")) part.removeAttribute("aria-hidden");
    el.querySelector("[role=link]")?.removeAttribute("aria-label");
  };

  const nameRows = ({ el }) => {
    for (const head of el.querySelectorAll("[role=rowheader]")) if (!head.textContent) head.append(span("Hours", "sr"));
  };

  const weekend = (info) => (info.dow === 0 || info.dow === 6 ? "is-we" : "");
  av.calendar.looks = {
    dayHeaderAlign: "start",
    dayHeaderInnerClass: "av-dow",
    dayHeaderDidMount: nameColumn,
    viewDidMount: nameRows,
    dayCellDidMount: ({ el }) => el.removeAttribute("aria-label"),
    dayCellClass: (info) =>
      `av-calday ${weekend(info)} ${info.isToday ? "is-today" : ""} ${info.isOther ? "is-other" : ""}`,
    dayCellTopClass: "av-calday__top",
    dayCellTopInnerClass: "av-calday__number",
    dayCellBottomClass: "av-calday__bottom",
    rowEventClass: (info) =>
      `av-ev ${info.event.extendedProps.look ?? ""} ${info.isStart ? "" : "from-prev"} ${info.isEnd ? "" : "to-next"}`,
    columnEventClass: (info) => `av-ev is-tall ${info.event.extendedProps.look ?? ""}`,
    dayLaneClass: (info) => `av-callane ${weekend(info)}`,
    slotHeaderInnerClass: "av-calhour",
    allDayHeaderInnerClass: "av-calhour",
    rowMoreLinkClass: "av-ev-more",
    backgroundEventClass: (info) => `av-dayfree ${info.event.extendedProps.look ?? ""}`,
    backgroundEventTitleClass: "av-dayfree__text",
    listDayHeaderClass: "av-listday",
    noEventsClass: "av-calnone",
    noEventsContent: "Nothing is planned on these days.",
    listItemEventClass: "av-listev",
    listItemEventBeforeClass: "av-listev__dot",
    eventContent: line,
    eventDidMount: describe,
  };
}
