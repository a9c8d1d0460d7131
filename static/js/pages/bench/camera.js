// The camera reads codes where the device has one. The browser's own reader is used where there is one, else ours,
// which is fetched when the camera is opened for the first time. A code counts once until it was out of sight.
{
  const away = 2000;
  const widest = 800;
  const pause = 80;
  const seen = new Map();
  let stream = null;

  const find = (selector) => document.querySelector(`#camera-panel ${selector}`);
  const say = (text) => {
    find("[role=status]").textContent = text;
  };

  const fetched = (address) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      Object.assign(script, { src: address, onload: resolve, onerror: reject });
      document.head.append(script);
    });

  const native = async () => {
    const formats = (await globalThis.BarcodeDetector?.getSupportedFormats().catch(() => [])) ?? [];
    const wanted = ["qr_code", "code_128"].filter((format) => formats.includes(format));
    if (!wanted.includes("qr_code")) return null;
    const detector = new BarcodeDetector({ formats: wanted });
    return async (video) => (await detector.detect(video)).map((found) => found.rawValue);
  };

  const ours = async () => {
    if (!av.decode) await fetched(document.getElementById("camera-panel").dataset.decoder);
    const canvas = document.createElement("canvas");
    const drawing = canvas.getContext("2d", { willReadFrequently: true });
    return (video) => {
      const scale = Math.min(1, widest / video.videoWidth);
      canvas.width = video.videoWidth * scale;
      canvas.height = video.videoHeight * scale;
      drawing.drawImage(video, 0, 0, canvas.width, canvas.height);
      return av.decode(drawing.getImageData(0, 0, canvas.width, canvas.height));
    };
  };

  const take = (code) => {
    const now = performance.now();
    const isNew = now - (seen.get(code) ?? Number.NEGATIVE_INFINITY) > away;
    seen.set(code, now);
    if (isNew && code.trim()) av.bench.scan(code);
  };

  const watch = async (mine, read) => {
    const video = find("video");
    while (stream === mine) {
      // a picture that cannot be read is followed by the next one
      if (video.readyState >= video.HAVE_CURRENT_DATA) for (const code of await read(video)) take(code);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  };

  const light = (track) => {
    const button = find("[data-light]");
    button.hidden = !track.getCapabilities?.().torch;
    button.onclick = async () => {
      const isOn = button.getAttribute("aria-pressed") !== "true";
      await track.applyConstraints({ advanced: [{ torch: isOn }] });
      button.setAttribute("aria-pressed", String(isOn));
    };
  };

  const close = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    const panel = document.getElementById("camera-panel");
    if (panel) panel.hidden = true;
    document.getElementById("camera")?.setAttribute("aria-expanded", "false");
  };

  const refusals = {
    NotAllowedError: "The camera is not allowed here. Allow it in the settings of the browser for this page.",
    NotFoundError: "This device has no camera.",
    NotReadableError: "Another program is using the camera.",
  };

  const open = async () => {
    document.getElementById("camera-panel").hidden = false;
    document.getElementById("camera").setAttribute("aria-expanded", "true");
    say("Starting the camera");
    try {
      const video = { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } };
      const mine = await navigator.mediaDevices.getUserMedia({ video });
      stream = mine;
      find("video").srcObject = mine;
      await find("video").play();
      light(mine.getVideoTracks()[0]);
      const read = (await native()) ?? (await ours());
      say("Hold a code in front of the camera");
      await watch(mine, read);
    } catch (error) {
      for (const track of stream?.getTracks() ?? []) track.stop();
      stream = null;
      say(refusals[error.name] ?? "The camera did not start. Scan or type the code.");
    }
  };

  av.eachPage(() => {
    const button = document.getElementById("camera");
    if (button) button.hidden = !navigator.mediaDevices?.getUserMedia;
  });
  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-camera-close]") || (target.closest("#camera") && stream)) close();
    else if (target.closest("#camera")) open();
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && close());
  addEventListener("pagehide", close);
}
