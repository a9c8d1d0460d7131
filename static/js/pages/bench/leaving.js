// While something waits, leaving the page asks, and what would complete it (data-when-sent) is held back.
{
  const patience = 1500;
  let isLeaving = false;

  const count = () => av.bench.waiting().length;
  const words = () => (count() === 1 ? "One tap or scan is waiting" : `${count()} taps and scans are waiting`);

  /** Leave without asking: the queue goes along. */
  av.bench.leave = (go) => {
    isLeaving = true;
    go();
  };

  const allSent = () =>
    new Promise((resolve) => {
      const started = performance.now();
      const look = () => {
        if (count() === 0) resolve(true);
        else if (performance.now() - started > patience) resolve(false);
        else setTimeout(look, 50);
      };
      look();
    });

  const holdBack = () =>
    av.toast({
      tone: "amber",
      title: `${words()} to be sent`,
      text: "Go on as soon as they are: that happens by itself.",
    });

  const mayLeave = () =>
    av.ask({
      title: `${words()} to be sent`,
      text: "They stay on this device, and are sent as soon as the bench is open here again.",
      action: "Leave",
    });

  const isHeld = (node) => node.matches("[data-when-sent], :not(form)[data-when-sent] a");

  const goesOn = (node) => {
    const isLink = node.href && new URL(node.href).origin === location.origin && node.target !== "_blank";
    return isLink && !node.getAttribute("href").startsWith("#") && !av.isHtmx(node) && !("dialog" in node.dataset);
  };

  const follow = async (link) => {
    if (await allSent()) link.click();
    else if (isHeld(link)) holdBack();
    else if (await mayLeave()) av.bench.leave(() => location.assign(link.href));
  };

  const stop = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  addEventListener(
    "click",
    (event) => {
      const node = event.target.closest?.("a[href], button");
      const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
      if (!node || isElsewhere || count() === 0 || !(isHeld(node) || goesOn(node))) return;
      if ("withQueue" in node.dataset) isLeaving = true;
      else {
        stop(event);
        follow(node);
      }
    },
    true,
  );

  addEventListener(
    "submit",
    (event) => {
      const { target: form, submitter } = event;
      if (count() === 0 || !(submitter ?? form).closest("[data-when-sent]")) return;
      stop(event);
      allSent().then((isSent) => (isSent ? form.requestSubmit(submitter) : holdBack()));
    },
    true,
  );

  // what is refreshed by the way does not lead to the sign-in while something waits: the verdict asks for it
  document.addEventListener("htmx:before:response", (event) => {
    if (event.detail.ctx.response.status === 401 && count() > 0) event.preventDefault();
  });

  addEventListener("pageshow", () => {
    isLeaving = false;
  });
  addEventListener("beforeunload", (event) => {
    if (!isLeaving && count() > 0) event.preventDefault();
  });
}
