// Each kind of verdict sounds different and is felt where the device can. The switch is remembered on the device.
{
  const name = "avBenchSound";
  // pitch in hertz, start and length in seconds
  const tunes = {
    right: ["sine", [[1320, 0, 0.09]]],
    complete: [
      "sine",
      [
        [880, 0, 0.09],
        [1175, 0.1, 0.09],
        [1760, 0.2, 0.2],
      ],
    ],
    warning: [
      "triangle",
      [
        [587, 0, 0.14],
        [587, 0.2, 0.14],
      ],
    ],
    wrong: [
      "square",
      [
        [196, 0, 0.22],
        [147, 0.24, 0.34],
      ],
    ],
  };
  const beats = { right: [30], complete: [30, 50, 30, 50, 80], warning: [90, 70, 90], wrong: [250, 80, 250] };
  const loud = 0.25;
  let context = null;

  const isOn = () => localStorage.getItem(name) !== "off";

  // a browser lets a page sound once it was touched
  const awake = () => {
    context ??= "AudioContext" in window ? new AudioContext() : null;
    if (context?.state === "suspended") context.resume();
  };

  const tone = (shape, [pitch, start, length]) => {
    const from = context.currentTime + start;
    const oscillator = new OscillatorNode(context, { type: shape, frequency: pitch });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.setTargetAtTime(shape === "square" ? loud / 3 : loud, from, 0.005);
    volume.gain.setTargetAtTime(0, from + length, 0.02);
    oscillator.connect(volume).connect(context.destination);
    oscillator.start(from);
    oscillator.stop(from + length + 0.2);
  };

  /** Let a kind of verdict be heard: right, complete, warning or wrong. */
  av.bench.sound = (kind) => {
    if (!(kind in tunes)) return;
    document.dispatchEvent(new CustomEvent("bench:sound", { detail: { kind, isOn: isOn() } }));
    navigator.vibrate?.(beats[kind]);
    if (!isOn() || context?.state !== "running") return;
    const [shape, notes] = tunes[kind];
    for (const note of notes) tone(shape, note);
  };

  const show = () => {
    const button = document.getElementById("sound");
    if (!button) return;
    button.hidden = false;
    button.setAttribute("aria-pressed", String(isOn()));
  };

  av.eachPage(show);
  document.addEventListener("keydown", awake);
  document.addEventListener("pointerup", awake);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#sound")) return;
    localStorage.setItem(name, isOn() ? "off" : "on");
    show();
    if (isOn()) av.bench.sound("right");
  });
}
