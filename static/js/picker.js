// Typing or scanning gear onto an event. Enter adds what was typed, or the hit under the arrow keys. A scanner types
// fast and ends with Enter: its code takes the place of whatever stands in the field. Codes wait for each other, so
// none is lost; what was not added is listed until something is typed by hand.
//   <form data-picker="/events/7/picks"><input type="search"></form> <div id="unread"></div> <div id="gear-hits"></div>
{
  // a scanner takes less than this for a key on the average; a pause this long begins something new
  const quick = 35;
  const pause = 150;
  const least = 3;
  const waiting = [];
  let working = false;
  let burst = "";
  let began = 0;
  let last = 0;
  // since Enter: what is in the field is the next thing already
  let touched = false;
  let added = false;

  const fieldOf = (node) => node.closest?.("[data-picker] input[type=search]");
  const here = () => document.querySelector("[data-picker] input[type=search]");
  const unread = () => document.getElementById("unread");
  const chosen = () => document.querySelector("#gear-hits li.is-at form");

  const complain = (code, why) => {
    const list = unread();
    if (!list) return;
    const words = why.includes(code) ? why : `${code}: ${why}`;
    if ([...list.children].some((one) => one.textContent === words)) return;
    list.append(Object.assign(document.createElement("p"), { textContent: words }));
    list.hidden = false;
  };

  // a bare one: the hits ask again when gear changes, and would come back
  const clearHits = () => {
    const none = Object.assign(document.createElement("div"), { id: "gear-hits" });
    document.getElementById("gear-hits")?.replaceWith(none);
  };

  const leave = () => {
    const field = here();
    if (!field || touched) return;
    if (added) field.value = "";
    else field.select();
  };

  const why = (ctx) => {
    if (ctx?.text === undefined) return "no answer, not added. Scan it again.";
    if (ctx.response.status === 409) return "not enough free, not added.";
    const problem = document.querySelector("#gear-hits [data-problem]")?.textContent.trim();
    if (problem) return problem;
    return ctx.response.ok ? "this may mean several, not added." : "not added.";
  };

  const send = async (form, { text, isScan }) => {
    let answer;
    added = false;
    const finished = (ctx) => {
      answer = ctx;
    };
    const values = { q: text };
    const target = "#gear-hits";
    await htmx.ajax("POST", form.dataset.picker, { source: form, target, swap: "outerMorph", values, finished });
    if (added) clearHits();
    else if (isScan || waiting.length > 0) {
      complain(text, why(answer));
      if (document.querySelector("#gear-hits [data-problem]")) clearHits();
    }
    leave();
  };

  const work = async (form) => {
    if (working) return;
    working = true;
    try {
      while (waiting.length > 0 && form.isConnected) await send(form, waiting.shift());
    } finally {
      working = false;
    }
  };

  const enter = (field, text, isScan) => {
    if (!text) return;
    // what the field asked for while it was being filled would come behind the answer
    htmx.trigger(field, "htmx:abort", {}, false);
    waiting.push({ text, isScan });
    touched = false;
    field.value = text;
    field.select();
    work(field.form);
  };

  document.addEventListener("keydown", (event) => {
    const field = fieldOf(event.target);
    if (!field || event.key === "Shift" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = event.timeStamp;
    if (at - last > pause || burst === "") {
      burst = "";
      began = at;
    }
    last = at;
    if (event.key !== "Enter") {
      burst = event.key.length === 1 ? burst + event.key : "";
      touched ||= event.key.length === 1;
      return;
    }
    event.preventDefault();
    const isScan = burst.length >= least && at - began < quick * burst.length;
    if (!isScan && chosen()) {
      chosen().requestSubmit();
      // the hits stay for another one of them; what is typed or scanned next takes the place of the words
      field.select();
    } else enter(field, isScan ? burst.trim() : field.value.trim(), isScan);
    burst = "";
  });

  // keyboards of phones may send the form without a key
  document.addEventListener(
    "submit",
    (event) => {
      if (!event.target.matches("[data-picker]")) return;
      event.preventDefault();
      const field = event.target.querySelector("input[type=search]");
      enter(field, field.value.trim(), false);
    },
    true,
  );

  // the field asks for hits as it is typed in, not for what is being added
  document.addEventListener("htmx:config:request", (event) => {
    const field = fieldOf(event.detail.ctx.sourceElement);
    if (field && event.detail.ctx.request.method === "GET" && !touched) event.preventDefault();
  });

  document.addEventListener("input", (event) => {
    const field = fieldOf(event.target);
    if (!field) return;
    touched = true;
    setTimeout(() => {
      const list = unread();
      // a scan begins like a key pressed by hand
      const isQuick = burst.length > 1 && last - began < quick * (burst.length - 1);
      if (!list || !touched || isQuick) return;
      list.replaceChildren();
      list.hidden = true;
    }, pause);
  });

  document.addEventListener("picked", () => {
    added = true;
  });
}
