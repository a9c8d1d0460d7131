// Calendars: that of everything, and that of one equipment beside its form. The library draws, the server decides:
// which days are shown stands in the head, which the server renders anew with every step.
{
  const wait = 120;
  const concerned = new Set(["event", "rental", "maintenance", "client", "equipment", "unit", "sub_hire", "user"]);
  const phone = matchMedia("(max-width: 600px)");
  let shown = null;

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
  const looks = {
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
    columnEventClass: (info) => `av-ev ${info.event.extendedProps.look ?? ""}`,
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

  const fill = (form, from, to) => {
    form.elements.out_start.value = from;
    form.elements.out_end.value = to;
    form.elements.out_end.dispatchEvent(new Event("input", { bubbles: true }));
  };

  // gear for an event is taken for its dates, unless others are chosen
  document.addEventListener("change", ({ target }) => {
    const option = target.id === "event_id" ? target.selectedOptions[0] : null;
    if (option?.dataset.start) fill(target.form, option.dataset.start, option.dataset.end);
  });

  class Planner {
    constructor(root) {
      this.root = root;
      this.more = {};
      this.busy = [];
      this.failures = 0;
      this.library = new FullCalendar.Calendar(root, this.options());
      this.library.render();
    }

    get head() {
      return document.getElementById(this.root.dataset.head ?? "calendar-head");
    }

    get isEditable() {
      return this.root.dataset.editable === "1";
    }

    options() {
      const { view, date, today } = this.head.dataset;
      const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
      return {
        timeZone: "UTC",
        now: today,
        initialView: view,
        initialDate: date,
        locale: this.root.dataset.locale,
        headerToolbar: false,
        height: "auto",
        // so high that six weeks hold what is shown of them, and nothing jumps while it is fetched
        aspectRatio: phone.matches || this.root.dataset.form ? 1.35 : Math.min(1.35, this.root.clientWidth / 780),
        firstDay: 1,
        borderlessX: true,
        dayMaxEvents: 4,
        eventDisplay: "block",
        eventTimeFormat: clock,
        slotHeaderFormat: clock,
        slotDuration: "01:00:00",
        snapDuration: "00:15:00",
        allDayText: "Days",
        eventMinHeight: 24,
        eventOrder: "rank,start,-duration,title",
        eventResizableFromStart: true,
        selectable: this.isEditable,
        navLinks: true,
        views: { dayGrid: { displayEventTime: false } },
        ...looks,
        events: (info, done, failed) => this.fetch(info, done, failed),
        moreLinkContent: (info) => ({ domNodes: [this.countOf(info.num)] }),
        moreLinkClick: (info) => this.open(info.date),
        navLinkDayClick: (date) => this.open(date),
        select: (info) => this.choose(info),
        eventDrop: (info) => this.move(info, info.delta, info.delta),
        eventResize: (info) => this.move(info, info.startDelta, info.endDelta),
      };
    }

    async fetch(info, done, failed) {
      const address = new URL(this.head.dataset.items, location);
      address.searchParams.set("start", info.startStr.slice(0, 10));
      address.searchParams.set("end", info.endStr.slice(0, 10));
      try {
        const answer = await fetch(address, { headers: { accept: "application/json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        const { items, more, busy } = await answer.json();
        this.more = more;
        this.busy = busy;
        this.failures = 0;
        this.note("");
        const isListed = this.head.dataset.view.startsWith("list");
        done(
          items.map(({ url, ...item }) => ({
            ...item,
            ...(isListed ? { href: url } : { url }),
            editable: this.isEditable && item.open === true,
          })),
        );
      } catch (error) {
        this.failures += 1;
        this.note("The newest plan could not be fetched. It is tried again.");
        clearTimeout(this.retry);
        this.retry = setTimeout(() => this.refresh(), Math.min(500 * 2 ** this.failures, 15000));
        failed(error);
      }
    }

    note(words) {
      const line = this.root.parentElement.querySelector(".av-cal__note");
      Object.assign(line ?? {}, { textContent: words, hidden: !words });
    }

    /** How many a day has besides those shown: also those that were not sent. Where it stands is known once it does. */
    countOf(number) {
      const node = document.createElement("span");
      node.textContent = `+${number} more`;
      requestAnimationFrame(() => {
        const date = node.closest("[data-date]")?.dataset.date;
        const count = number + (this.more[date] ?? 0);
        // a busy day is counted no further than this
        node.textContent = this.busy.includes(date) ? `${Math.min(count, 99)}+ more` : `+${count} more`;
        const link = node.closest("[role=button]");
        link?.setAttribute("title", `${node.textContent}: show the day`);
        link?.removeAttribute("aria-haspopup");
      });
      return node;
    }

    open(date) {
      location.assign(`${this.head.dataset.day}&date=${day(date)}`);
    }

    choose({ start, end, allDay }) {
      const last = allDay ? new Date(end.getTime() - 86400000) : end;
      const from = allDay ? `${day(start)}T08:00` : text(start);
      const to = allDay ? `${day(last)}T18:00` : text(last);
      const form = document.getElementById(this.root.dataset.form);
      if (form) fill(form, from, to);
      else location.assign(`/events/new?${new URLSearchParams({ out_start: from, out_end: to })}`);
    }

    async move(info, startDelta, endDelta) {
      const { eventId, version, outStart, outEnd } = info.event.extendedProps;
      if (info.event.allDay !== info.oldEvent.allDay) {
        info.revert();
        return;
      }
      let isDone = false;
      const finished = (ctx) => {
        isDone = ctx.response?.status < 400;
      };
      this.moving = true;
      await htmx.ajax("POST", `/calendar/events/${eventId}/period`, {
        source: this.root,
        target: "#refusal",
        swap: "innerHTML",
        values: { version, out_start: later(outStart, startDelta), out_end: later(outEnd, endDelta) },
        finished,
      });
      this.moving = false;
      if (!isDone) info.revert();
      this.refresh();
    }

    refresh() {
      if (!this.moving) this.library.refetchEvents();
    }

    /** The head was rendered anew: show what it says. */
    follow() {
      const { view, date } = this.head.dataset;
      this.library.changeView(view, date);
      this.refresh();
    }
  }

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
