// A counter whose + or − is held for half a second asks for a number instead: the same dialog its figure opens.
{
  const patience = 500;
  let timer = 0;
  let held = false;

  const counter = (target) => target.closest?.(".av-count button[name=quantity]");

  const give = () => {
    clearTimeout(timer);
    timer = 0;
  };

  document.addEventListener("pointerdown", (event) => {
    give();
    held = false;
    const figure = event.button === 0 && counter(event.target)?.form.querySelector("a.av-figure");
    if (!figure) return;
    timer = setTimeout(() => {
      figure.click();
      held = true;
    }, patience);
  });

  document.addEventListener("pointerup", give);
  document.addEventListener("pointercancel", give);
  document.addEventListener("pointerout", (event) => {
    if (!counter(event.target)?.contains(event.relatedTarget)) give();
  });

  // a finger that rests would otherwise open the menu of the browser, and its end count one more
  document.addEventListener("contextmenu", (event) => {
    if (counter(event.target) && (timer || held)) event.preventDefault();
  });
  addEventListener(
    "click",
    (event) => {
      if (!held || event.detail === 0) return;
      held = false;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
}
