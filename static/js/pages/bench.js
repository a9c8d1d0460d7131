// The bench on the tablet. Its parts, one behaviour a file, are in bench/; this is what they share.
av.bench = {
  /** What a request tells as it is when it is sent (data-at-sending); all else is as it was at the tap. */
  view: ({ place }) => {
    const state = place === location.pathname ? document.querySelector("[data-at-sending]") : null;
    const names = state?.dataset.atSending.split(" ") ?? [];
    return names.map((name) => [name, state.querySelector(`[name=${name}]`).value]);
  },

  /** The number a text begins with, written with thin groups. */
  figure: (text) => Number(text.replaceAll("\u2212", "-").replace(/[^\d-]/g, "")),

  /** A copy of a pattern of the page, with these words in its parts (data-slot). */
  pattern: (id, words) => {
    const copy = document.getElementById(id).content.firstElementChild.cloneNode(true);
    for (const part of copy.querySelectorAll("[data-slot]")) part.textContent = words[part.dataset.slot] ?? "";
    return copy;
  },
};
