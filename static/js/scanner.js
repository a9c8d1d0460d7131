// A barcode scanner types like a keyboard, only faster: six or more characters, each within 35 ms of the last, and
// Enter. Wherever the focus is, the code is looked up instead of landing in a field, or on a page that works through
// codes goes to the field for them (data-scan-home). Text areas, and fields that want what is scanned into them
// (data-scan="here"), are left alone.
{
  const gap = 35;
  const least = 6;
  let code = "";
  let last = 0;
  let field = null;

  const forget = () => {
    code = "";
    field = null;
  };

  const begin = (target) => {
    forget();
    if (target.matches?.("input:not([type=checkbox], [type=radio]), select"))
      field = { target, value: target.value, start: target.selectionStart };
  };

  const restore = () => {
    if (!field?.target.isConnected) return;
    field.target.value = field.value;
    if (field.start != null) field.target.setSelectionRange(field.start, field.start);
    field.target.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const finish = (event) => {
    event.preventDefault();
    restore();
    const home = av.dialog() ? null : document.querySelector("input[data-scan-home]");
    if (home) {
      home.focus();
      home.value = code;
      home.form.requestSubmit();
    } else location.assign(`/scan?code=${encodeURIComponent(code)}`);
    forget();
  };

  document.addEventListener(
    "keydown",
    (event) => {
      const modified = event.ctrlKey || event.metaKey || event.altKey;
      if (event.key === "Shift") return;
      if (modified || event.isComposing || event.repeat || event.target.closest?.("textarea, [data-scan='here']")) {
        forget();
        return;
      }
      const quick = event.timeStamp - last < gap;
      last = event.timeStamp;
      if (event.key === "Enter" && quick && code.length >= least) finish(event);
      else if (event.key.length !== 1) forget();
      else {
        if (!quick) begin(event.target);
        code += event.key;
      }
    },
    true,
  );
}
