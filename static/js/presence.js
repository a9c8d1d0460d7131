// Who else is here: shown as faces, told to the server by a heartbeat for each [data-presence="equipment-42"].
{
  const every = 20000;
  const told = new Map();
  let waiting = 0;

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
    for (const row of document.querySelectorAll(`tr[data-live="${topic}"]`)) {
      const editors = others.filter((person) => person.editing);
      put(row.querySelector(".av-cellname"), editors, "av-face--sm");
    }
  };

  const beat = (force) => {
    clearTimeout(waiting);
    waiting = setTimeout(beat, every, true);
    if (document.hidden || !document.body.dataset.viewer) return;
    const active = document.activeElement;
    for (const place of document.querySelectorAll("[data-presence]")) {
      const field = place.contains(active) && active.closest("form[data-guard], td.is-edit") ? active.name : null;
      const dirty = place.matches("form[data-dirty]") || place.querySelector("form[data-dirty]") !== null;
      const topic = place.dataset.presence;
      const body = JSON.stringify({ topic, editing: Boolean(field) || dirty, field: field || null });
      if (!force && told.get(topic) === body) continue;
      told.set(topic, body);
      const headers = { ...av.headers(), "content-type": "application/json" };
      fetch("/presence", { method: "POST", headers, body }).catch(() => {});
    }
  };

  const soon = () => {
    if (!document.querySelector("[data-presence]")) return;
    clearTimeout(waiting);
    waiting = setTimeout(beat, 150, false);
  };

  document.addEventListener("DOMContentLoaded", soon);
  document.addEventListener("focusin", soon);
  document.addEventListener("focusout", soon);
  document.addEventListener("visibilitychange", () => beat(true));
}
