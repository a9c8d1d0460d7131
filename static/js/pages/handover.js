// Dispatch and check-in: figures that are stepped, a signature that is drawn. Scans are those of the bench.
{
  // + and - beside a number; without this script the number is typed
  av.eachPage(() => {
    for (const button of document.querySelectorAll("[data-stepper] [data-step][hidden]")) button.hidden = false;
  });
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-step]");
    const input = button?.closest("[data-stepper]").querySelector("input");
    if (!input) return;
    const next = (Number.parseInt(input.value, 10) || 0) + Number(button.dataset.step);
    input.value = Math.min(Math.max(next, 0), Number(input.dataset.most));
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // the signature: black on white, posted as a PNG
  const ready = new WeakSet();
  const prepare = (field) => {
    ready.add(field);
    field.hidden = false;
    const canvas = field.querySelector("canvas");
    const kept = field.querySelector("input");
    const pen = canvas.getContext("2d");
    const clear = () => {
      pen.fillStyle = "#ffffff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      Object.assign(pen, { lineWidth: 5, lineCap: "round", lineJoin: "round", strokeStyle: "#000000" });
    };
    const keep = (value) => {
      kept.value = value;
      kept.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const at = ({ offsetX, offsetY }) => [
      (offsetX * canvas.width) / canvas.clientWidth,
      (offsetY * canvas.height) / canvas.clientHeight,
    ];
    const stroke = (event) => {
      pen.lineTo(...at(event));
      pen.stroke();
    };
    let drawing = null;
    clear();
    if (kept.value) {
      const picture = new Image();
      picture.addEventListener("load", () => pen.drawImage(picture, 0, 0));
      picture.src = kept.value;
    }
    canvas.addEventListener("pointerdown", (event) => {
      drawing = event.pointerId;
      canvas.setPointerCapture(drawing);
      pen.beginPath();
      pen.moveTo(...at(event));
      stroke(event);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerId === drawing) stroke(event);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, (event) => {
        if (event.pointerId !== drawing) return;
        drawing = null;
        keep(canvas.toDataURL("image/png"));
      });
    }
    field.querySelector("[data-sign-clear]").addEventListener("click", () => {
      clear();
      keep("");
    });
  };
  av.eachPage(() => {
    for (const field of document.querySelectorAll("[data-sign]")) if (!ready.has(field)) prepare(field);
  });
}
