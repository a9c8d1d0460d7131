// A scanner types like a keyboard, only faster. In the scan field every code is one, however slow; anywhere else on
// the page it is known by its pace: the code goes to the scan field, and what it typed elsewhere is taken back. A
// code stays whole when the focus moves on while it comes in, as it does when a dialog closes.
{
  const gap = 40;
  const least = 4;
  let code = "";
  let last = 0;
  let origin = null;
  let typed = null;
  let isByHand = false;

  const field = () => document.getElementById("scan");
  const isField = (node) => node.matches?.("textarea, input:not([type=checkbox], [type=radio])");

  const begin = (target) => {
    code = "";
    origin = target;
    typed = isField(target) ? { target, value: target.value, at: target.selectionStart } : null;
  };

  const takeBack = () => {
    if (!typed?.target.isConnected) return;
    const { target, value, at } = typed;
    target.value = value;
    if (at !== null) target.setSelectionRange(at, at);
    target.dispatchEvent(new Event("input", { bubbles: true }));
  };

  /** Send a code as if it had been scanned into the field; what somebody types there meanwhile stays. */
  av.bench.scan = (scanned) => {
    const scan = field();
    const draft = scan.value;
    scan.value = scanned;
    scan.form.requestSubmit();
    scan.value = draft;
  };

  const finish = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    takeBack();
    av.bench.scan(code);
    code = "";
  };

  const isPlain = (event) => !(event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat);

  addEventListener(
    "keydown",
    (event) => {
      isByHand = false;
      if (event.key === "Shift" || !field()) return;
      const isQuick = event.timeStamp - last < gap;
      last = event.timeStamp;
      const isEnd = event.key === "Enter" || event.key === "Tab";
      const isAtHome = event.target === field() && (origin === field() || code === "");
      if (!isPlain(event)) code = "";
      else if (isEnd && isAtHome) {
        // some scanners end with a tabulator
        if (event.key === "Tab" && isQuick && field().value) {
          event.preventDefault();
          field().form.requestSubmit();
        }
        code = "";
      } else if (isEnd && isQuick && code.length >= least) finish(event);
      else if (event.key.length !== 1) code = "";
      else {
        if (!isQuick || code === "") begin(event.target);
        code += event.key;
        // a space would press the button that has the focus
        if (event.target !== origin || (isQuick && event.key === " " && !typed)) event.preventDefault();
      }
    },
    true,
  );

  const isTyping = () => field()?.inputMode === "text";

  const ready = () => {
    const scan = field();
    if (!scan) return;
    // codes belong to the bench here, not to the look-up of the office
    document.body.dataset.scan = "here";
    if (!isTyping()) scan.inputMode = "none";
    const keyboard = document.getElementById("keyboard");
    if (keyboard) keyboard.hidden = false;
    if (document.activeElement === document.body && !av.dialog()) scan.focus({ preventScroll: true });
  };

  const keepsFocus = (node) => node.closest("input, textarea, select, label, summary") || av.dialog();

  const type = () => {
    const scan = field();
    const typing = !isTyping();
    scan.inputMode = typing ? "text" : "none";
    scan.form.classList.toggle("is-typing", typing);
    document.getElementById("keyboard").setAttribute("aria-pressed", String(typing));
    // a field that has the focus already would not ask for the keyboard again
    scan.blur();
    scan.focus();
  };

  av.eachPage(ready);
  addEventListener(
    "pointerdown",
    () => {
      isByHand = true;
    },
    true,
  );
  // closed by a finger, a dialog leaves the focus to the field: the end of a slow scan would press what opened it
  document.addEventListener(
    "close",
    () => {
      if (isByHand && !isTyping() && !av.dialog()) field()?.focus({ preventScroll: true });
    },
    true,
  );
  document.addEventListener("click", (event) => {
    if (event.target.closest("#keyboard")) type();
    // after a tap the field is ready again; whoever goes by keyboard stays where they are
    else if (event.detail > 0 && !isTyping() && !keepsFocus(event.target)) field()?.focus({ preventScroll: true });
  });
}
