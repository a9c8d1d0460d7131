// The calendar of a page: it fetches what is planned, and sends what is dragged to the server.
{
  const { phone, looks, text, day, later, fill } = av.calendar;

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
      if (!isDone) {
        info.revert();
        // the reason stands above the days, which may be far below
        document.querySelector("#refusal > *")?.scrollIntoView({ block: "center" });
      }
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

  av.calendar.Planner = Planner;
}
