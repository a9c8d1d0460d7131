// A signature that is drawn: black on white, posted as a PNG. Without this script the field stays hidden.
{
  const ready = new WeakSet();
  const prepare = (field) => {
    ready.add(field);
    field.hidden = false;
    for (const choice of field.querySelectorAll("fieldset")) choice.disabled = false;
    const canvas = field.querySelector("canvas");
    const kept = field.querySelector("input[type='hidden']");
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
