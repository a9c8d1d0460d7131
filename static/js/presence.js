// Who else is here: shown as faces, told to the server by a heartbeat for each [data-presence="equipment-42"], and for
// a row of a table while one of its cells is edited.
{
  const every = 20000;
  const told = new Map();
  const editors = new Map();
  let waiting = 0;
  let isSoon = false;

  /** The disc with a person's initials, as the server renders it. */
  av.face = (person, size = "") => {
    const face = document.createElement("span");
    face.className = `av-face tone-${person.tone} ${size}`.trim();
    face.setAttribute("aria-hidden", "true");
    face.textContent = person.initials;
    return face;
  };

  const named = (person, size) => {
    const face = av.face(person, size);
    const words = `${person.name} is ${person.editing ? "editing this" : "here"}`;
    face.classList.add(person.editing ? "is-editing" : "is-here");
    face.removeAttribute("aria-hidden");
    face.setAttribute("role", "img");
    face.setAttribute("aria-label", words);
    face.title = words;
    face.dataset.presenceFace = "";
    return face;
  };

  const put = (place, people, size) => {
    for (const old of place?.querySelectorAll(":scope > [data-presence-face]") ?? []) old.remove();
    place?.append(...people.map((person) => named(person, size)));
  };

  av.presence = ({ topic, people }) => {
    const others = people.filter((person) => String(person.id) !== document.body.dataset.viewer);
    const page = document.querySelector(`[data-presence="${topic}"]`);
    if (page) put(document.getElementById("presence"), others);
    for (const label of page?.querySelectorAll("[data-field] > label") ?? []) {
      const { field } = label.parentElement.dataset;
      const here = others.filter((person) => person.editing && person.field === field);
      put(label, here, "av-face--sm");
    }
    editors.set(
      topic,
      others.filter((person) => person.editing),
    );
    showInRow(topic);
  };

  const showInRow = (topic) => {
    for (const row of document.querySelectorAll(`tr[data-live="${topic}"]`))
      put(row.querySelector(".av-cellname"), editors.get(topic), "av-face--sm");
    if (editors.get(topic).length === 0) editors.delete(topic);
  };

  const say = (topic, about) => {
    const body = JSON.stringify({ topic, ...about });
    const headers = { ...av.headers(), "content-type": "application/json" };
    fetch("/presence", { method: "POST", headers, body }).catch(() => {});
  };

  /** What is to be told: each marked place of the page, and each row with an open editor. */
  const findings = () => {
    const active = document.activeElement;
    const found = new Map();
    for (const cell of document.querySelectorAll("tr[data-live] > td.is-edit"))
      found.set(cell.parentElement.dataset.live, { editing: true, field: cell.dataset.field });
    for (const place of document.querySelectorAll("[data-presence]")) {
      const field = place.contains(active) && active.closest("form[data-guard], td.is-edit") ? active.name : null;
      const dirty = place.matches("form[data-dirty]") || place.querySelector("form[data-dirty]") !== null;
      found.set(place.dataset.presence, { editing: Boolean(field) || dirty, field: field || null });
    }
    return found;
  };

  const beat = (force) => {
    clearTimeout(waiting);
    isSoon = false;
    waiting = setTimeout(beat, every, true);
    if (document.hidden || !document.body.dataset.viewer) return;
    const found = findings();
    for (const topic of told.keys())
      if (!found.has(topic)) {
        told.delete(topic);
        say(topic, { left: true });
      }
    for (const [topic, about] of found) {
      const words = JSON.stringify(about);
      if (!force && told.get(topic) === words) continue;
      told.set(topic, words);
      say(topic, about);
    }
  };

  const soon = () => {
    if (isSoon || !document.querySelector("[data-presence]")) return;
    isSoon = true;
    clearTimeout(waiting);
    waiting = setTimeout(beat, 150, false);
  };

  document.addEventListener("DOMContentLoaded", soon);
  for (const name of ["focusin", "focusout", "av:settled", "htmx:after:swap"]) document.addEventListener(name, soon);
  // a row that was fetched again comes without the faces in it
  document.addEventListener("htmx:after:swap", () => [...editors.keys()].forEach(showInRow));
  document.addEventListener("visibilitychange", () => beat(true));
}
