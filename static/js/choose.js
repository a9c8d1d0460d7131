// select[data-find]: chosen from by typing. The select stays what is sent, and what there is without scripts.
// data-find-new is the address of a dialog that adds what is not there yet; its answer comes as the event `made`.
{
  const most = 40;
  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
  const partsOf = (node) => {
    const field = node.closest(".av-choose");
    return {
      select: field.querySelector("select"),
      input: field.querySelector("[role=combobox]"),
      list: field.querySelector("[role=listbox]"),
    };
  };

  const rank = (name, text) => {
    if (!text) return 0;
    if (name.startsWith(text)) return name === text ? 0 : 1;
    const words = name.split(/[^\p{L}\p{N}]+/u);
    return text.split(/\s+/).every((part) => words.some((word) => word.startsWith(part))) ? 2 : 3;
  };

  const matches = (select, text) =>
    [...select.options]
      .map((option) => ({ option, name: folded(option.text) }))
      .filter(({ option, name }) => (text ? option.value && name.includes(text.split(/\s+/)[0]) : true))
      .map((one) => ({ ...one, rank: rank(one.name, text) }))
      .filter((one) => one.rank < 3 || one.name.includes(text))
      .sort((a, b) => a.rank - b.rank)
      .slice(0, most);

  const at = (list) => list.querySelector('[aria-selected="true"]');

  const point = (input, list, item) => {
    for (const other of list.children) other.setAttribute("aria-selected", String(other === item));
    if (item) input.setAttribute("aria-activedescendant", item.id);
    else input.removeAttribute("aria-activedescendant");
    item?.scrollIntoView({ block: "nearest" });
  };

  const show = ({ input, list }, open) => {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) input.removeAttribute("aria-activedescendant");
  };

  const item = (list, words, data) => {
    const node = document.createElement("li");
    node.id = `${list.id}-${list.children.length}`;
    node.setAttribute("role", "option");
    node.textContent = words;
    Object.assign(node.dataset, data);
    list.append(node);
    return node;
  };

  const offer = (parts, typed) => {
    const { select, input, list } = parts;
    list.replaceChildren();
    const found = matches(select, folded(typed));
    for (const { option } of found) item(list, option.text, { value: option.value });
    const isThere = found.some(({ name }) => name === folded(typed));
    if (typed.trim() && !isThere && select.dataset.findNew) item(list, `New client “${typed.trim()}”`, { make: "yes" });
    if (list.children.length === 0) item(list, "Nothing found", { none: "yes" }).setAttribute("aria-disabled", "true");
    show(parts, true);
    point(input, list, typed ? list.firstElementChild : null);
  };

  // what is typed and is nobody's name is no choice: the form is not sent with it
  const settle = ({ select, input }) => {
    const text = folded(input.value);
    const same = [...select.options].filter((option) => folded(option.text) === text);
    const known = !text || same.length > 0;
    input.setCustomValidity(known ? "" : "Choose one of the list.");
    input.toggleAttribute("data-unknown", !known);
    return text ? same[0] : select.options[0];
  };

  const choose = (parts, value) => {
    const { select, input } = parts;
    const isNew = select.value !== value;
    select.value = value;
    input.value = value ? select.selectedOptions[0].text : "";
    settle(parts);
    show(parts, false);
    if (isNew) select.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const take = (parts, node) => {
    const { select, input } = parts;
    if (node.dataset.none) return;
    if (!node.dataset.make) {
      choose(parts, node.dataset.value);
      return;
    }
    show(parts, false);
    const address = `${select.dataset.findNew}?name=${encodeURIComponent(input.value.trim())}`;
    htmx.ajax("GET", address, { source: input, target: "#modal", swap: "innerHTML" });
  };

  const leave = (parts) => {
    show(parts, false);
    const option = settle(parts);
    if (option && option.value !== parts.select.value) choose(parts, option.value);
  };

  const enhance = (select) => {
    const field = document.createElement("div");
    field.className = "av-choose";
    const input = document.createElement("input");
    const list = document.createElement("ul");
    const { id } = select;
    Object.assign(input, { type: "text", id, className: "form-control", autocomplete: "off", spellcheck: false });
    Object.assign(list, { id: `${id}-list`, className: "av-choose__list", hidden: true });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", select.labels[0]?.textContent.trim() ?? "");
    const wiring = {
      role: "combobox",
      "aria-expanded": "false",
      "aria-controls": list.id,
      "aria-autocomplete": "list",
    };
    for (const [name, value] of Object.entries(wiring)) input.setAttribute(name, value);
    for (const name of ["aria-invalid", "aria-describedby"])
      if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    input.placeholder = select.options[0].value ? "" : select.options[0].text;
    input.value = select.value ? select.selectedOptions[0].text : "";
    select.id = `${id}-chosen`;
    select.hidden = true;
    select.before(field);
    field.append(input, list, select);
  };

  av.eachPage(() => {
    for (const select of document.querySelectorAll("select[data-find]:not([hidden])")) enhance(select);
  });

  document.addEventListener("input", ({ target }) => {
    if (!target.matches(".av-choose > [role=combobox]")) return;
    const parts = partsOf(target);
    offer(parts, target.value);
    settle(parts);
  });

  const keys = {
    ArrowDown: (parts) => {
      if (parts.list.hidden) offer(parts, "");
      point(parts.input, parts.list, at(parts.list)?.nextElementSibling ?? parts.list.firstElementChild);
    },
    ArrowUp: ({ input, list }) => {
      if (!list.hidden) point(input, list, at(list)?.previousElementSibling ?? list.lastElementChild);
    },
    Enter: (parts) => {
      if (parts.list.hidden || !at(parts.list)) return false;
      take(parts, at(parts.list));
      return true;
    },
    Escape: (parts) => {
      if (parts.list.hidden) return false;
      choose(parts, parts.select.value);
      return true;
    },
  };

  document.addEventListener(
    "keydown",
    (event) => {
      if (!event.target.matches?.(".av-choose > [role=combobox]") || event.ctrlKey || event.metaKey) return;
      if (!keys[event.key] || keys[event.key](partsOf(event.target)) === false) return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );

  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest(".av-choose__list > li");
    if (option) event.preventDefault(); // the field keeps the focus
  });
  document.addEventListener("click", ({ target }) => {
    const option = target.closest(".av-choose__list > li");
    if (option) take(partsOf(option), option);
    else if (target.matches(".av-choose > [role=combobox]") && partsOf(target).list.hidden) offer(partsOf(target), "");
  });
  document.addEventListener("focusout", ({ target }) => {
    if (target.matches(".av-choose > [role=combobox]")) leave(partsOf(target));
  });

  document.addEventListener(
    "submit",
    (event) => {
      const unknown = event.target.querySelector(".av-choose > [data-unknown]");
      if (!unknown) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      unknown.focus();
      offer(partsOf(unknown), unknown.value);
    },
    true,
  );

  document.addEventListener("made", ({ detail }) => {
    const select = document.querySelector("select[data-find-new]");
    if (!select) return;
    if (![...select.options].some(({ value }) => value === String(detail.id)))
      select.add(new Option(detail.name, detail.id));
    const parts = partsOf(select);
    choose(parts, String(detail.id));
    // the dialog that is closing gives the focus back to what opened it
    setTimeout(() => parts.input.focus());
  });
}
