// Tables: the row under the keyboard (j, k), selection with shift ranges, the bulk bar, the columns shown.
//   <table id="equipment" class="av-table"> … <input type="checkbox" name="ids" value="42" form="bulk">
//   <div class="av-bulk" data-bulk="equipment" hidden> <strong data-bulk-count></strong> …
{
  let last = null;

  const boxes = (table) => [...table.querySelectorAll('tbody input[type="checkbox"][name="ids"]')];

  const count = (bar, number) => {
    bar.querySelector("[data-bulk-count]").textContent = `${number} selected`;
  };

  const sync = (table, all = false) => {
    const every = boxes(table);
    const chosen = every.filter((box) => box.checked);
    for (const box of every) {
      if (box.checked) box.closest("tr").setAttribute("aria-selected", "true");
      else box.closest("tr").removeAttribute("aria-selected");
    }
    const head = table.querySelector("[data-select-all]");
    if (head) {
      head.checked = every.length > 0 && chosen.length === every.length;
      head.indeterminate = chosen.length > 0 && !head.checked;
    }
    const bar = document.querySelector(`[data-bulk="${table.id}"]`);
    if (!bar) return;
    bar.hidden = chosen.length === 0;
    const matching = bar.querySelector("[data-select-matching]");
    const total = Number(matching?.dataset.selectMatching ?? 0);
    if (matching) matching.hidden = all || total <= chosen.length;
    const flag = bar.querySelector('input[name="matching"]');
    if (flag) flag.value = all ? "1" : "";
    count(bar, all ? total : chosen.length);
  };

  const choose = (table, on) => {
    for (const box of boxes(table)) box.checked = on;
    sync(table);
  };

  document.addEventListener("click", (event) => {
    const box = event.target.closest('.av-table tbody input[name="ids"]');
    if (!box) return;
    const all = boxes(box.closest("table"));
    if (event.shiftKey && all.includes(last)) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      for (const other of all.slice(from, to + 1)) other.checked = box.checked;
    }
    last = box;
    sync(box.closest("table"));
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-select-all]")) choose(event.target.closest("table"), event.target.checked);
    const columns = event.target.closest("[data-columns]");
    if (columns) showColumns(columns);
  });

  document.addEventListener("click", (event) => {
    const bar = event.target.closest("[data-bulk]");
    const table = bar && document.getElementById(bar.dataset.bulk);
    if (!table) return;
    if (event.target.closest("[data-select-matching]")) sync(table, true);
    if (event.target.closest("[data-clear-selection]")) choose(table, false);
  });

  const showColumns = (chooser) => {
    const table = document.getElementById(chooser.dataset.columns);
    for (const box of chooser.querySelectorAll('input[type="checkbox"]'))
      for (const cell of table?.querySelectorAll(`[data-col="${box.value}"]`) ?? []) cell.hidden = !box.checked;
  };

  av.eachPage((ctx) => {
    for (const table of document.querySelectorAll(".av-table:has([data-select-all])"))
      if (!ctx || !document.querySelector(`[data-bulk="${table.id}"] input[name="matching"][value="1"]`)) sync(table);
    for (const chooser of document.querySelectorAll("[data-columns]")) showColumns(chooser);
  });

  const rows = () => [...document.querySelectorAll(".av-main .av-table tbody tr[id]")];
  const current = () => document.querySelector(".av-table tr.is-at") ?? document.activeElement?.closest?.("tr[id]");

  const stand = (row) => {
    for (const other of rows()) other.classList.toggle("is-at", other === row);
  };

  document.addEventListener("focusin", (event) => {
    const row = event.target.closest(".av-main .av-table tbody tr[id]");
    if (row) stand(row);
  });

  av.rows = {
    move(step) {
      const all = rows();
      const at = all.indexOf(current());
      const row = all[Math.min(Math.max(at + step, 0), all.length - 1)];
      stand(row);
      (row?.querySelector("th a") ?? row?.querySelector("a, button"))?.focus({ preventScroll: true });
      row?.scrollIntoView({ block: "nearest" });
    },
    toggle() {
      current()?.querySelector('input[name="ids"]')?.click();
    },
    edit() {
      const row = current();
      if (row) (row.querySelector('[data-shortcut="edit"]') ?? row.querySelector(".av-editable"))?.click();
      else document.querySelector('[data-shortcut="edit"]')?.click();
    },
  };
}
