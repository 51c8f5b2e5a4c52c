// The player: the runner's skeleton, angles and contacts over the picture, one clock for it and the charts.
"use strict";
(() => {
  const data = gaitlab.data("player-data");
  if (!data) return;
  const MISSING = -32768;
  const unpack = (text, Kind) => new Kind(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  const times = unpack(data.times, Float32Array); // true seconds since the first frame
  const xy = unpack(data.xy, Int16Array); // quarter pixels
  const labels = data.labels.map((label) => ({ ...label, deg: unpack(label.deg, Int16Array) }));
  const strikes = [...new Set(data.contacts.map((contact) => contact[1]))].sort((a, b) => a - b);
  const frames = times.length;
  const interval = frames > 1 ? (times[frames - 1] - times[0]) / (frames - 1) : 0.04;
  const length = times[frames - 1] + interval;
  const media = gaitlab.openMedia(length * data.rate);
  const canvas = document.getElementById("overlay");
  const layers = { skeleton: true, angles: true, contacts: true };
  const listeners = [];

  const now = () => media.currentTime / data.rate;
  // While a video plays, the frame on the screen lags behind its clock; browsers that tell which one it is are asked.
  let onScreen = null;
  const shownTime = () => media.paused || onScreen === null ? now() : onScreen / data.rate;
  if (media.requestVideoFrameCallback) {
    const note = (_, frame) => { onScreen = frame.mediaTime; show(); media.requestVideoFrameCallback(note); };
    media.requestVideoFrameCallback(note);
  }
  // The frame that is shown at a time: the last one that began, with a little grace for clocks that round.
  const frameAt = (time) => {
    let low = 0, high = frames - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (times[middle] <= time + interval * 0.02) low = middle; else high = middle - 1;
    }
    return low;
  };
  // The middle of a frame: at its edge a browser may show the one before.
  const frameMiddle = (frame) => times[frame] + 0.5 * ((frame + 1 < frames ? times[frame + 1] : length) - times[frame]);
  const seek = (time) => { media.currentTime = Math.min(Math.max(time, 0), length - interval * 0.05) * data.rate; };
  const seekFrame = (frame) => seek(frameMiddle(Math.min(Math.max(frame, 0), frames - 1)));

  const point = (frame, index) => {
    const at = (frame * data.points + index) * 2;
    return xy[at] === MISSING ? null : [xy[at] / 4, xy[at + 1] / 4];
  };

  const colours = { left: "#35a7ef", right: "#ff7a1c", middle: "#eef1f4", both: "#eef1f4" };
  const draw = () => {
    const width = canvas.clientWidth, height = canvas.clientHeight, ratio = devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
    const pen = canvas.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    if (!data.overlay) return;
    const [left, top, wide, high] = data.size;
    const scale = Math.min(width / wide, height / high) * ratio;
    pen.setTransform(scale, 0, 0, scale, (canvas.width - wide * scale) / 2 - left * scale, (canvas.height - high * scale) / 2 - top * scale);
    const frame = Math.floor(frameAt(shownTime()) / data.every);
    if (layers.skeleton) drawLimbs(pen, frame, high);
    if (layers.angles) drawAngles(pen, frame, high);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (layers.contacts) drawContacts(pen, width, height);
  };
  const drawLimbs = (pen, frame, high) => {
    pen.lineWidth = high / 260;
    pen.lineCap = "round";
    for (const [a, b, side] of data.limbs) {
      const from = point(frame, a), to = point(frame, b);
      if (!from || !to) continue;
      pen.strokeStyle = colours[side];
      pen.beginPath(); pen.moveTo(...from); pen.lineTo(...to); pen.stroke();
    }
  };
  const drawAngles = (pen, frame, high) => {
    const size = high / 44;
    pen.font = `600 ${size}px system-ui, sans-serif`;
    pen.lineJoin = "round";
    pen.lineWidth = size / 4;
    for (const label of labels) {
      const at = point(frame, label.at);
      if (!at || label.deg[frame] === MISSING) continue;
      const text = degrees(label.deg[frame]);
      // Left labels stand left of their joint and right ones right of it, so that they part where legs cross.
      const x = label.side === "left" ? at[0] - size * 0.7 - pen.measureText(text).width : at[0] + size * 0.7;
      pen.strokeStyle = "rgba(0,0,0,.7)"; pen.strokeText(text, x, at[1] + size * 0.35);
      pen.fillStyle = colours[label.side]; pen.fillText(text, x, at[1] + size * 0.35);
    }
  };
  const drawContacts = (pen, width, height) => {
    const row = 9, gap = 4, span = 2, time = shownTime();
    const top = height - 2 * (row + gap) - gap;
    pen.fillStyle = "rgba(0,0,0,.55)"; pen.fillRect(0, top, width, height - top);
    for (const [side, start, end, accepted] of data.contacts) {
      const from = ((start - time) / span + 0.5) * width, to = ((end - time) / span + 0.5) * width;
      if (to < 0 || from > width) continue;
      pen.globalAlpha = accepted ? 1 : 0.4;
      pen.fillStyle = colours[side];
      pen.fillRect(from, top + gap + (side === "left" ? 0 : row + gap), to - from, row);
    }
    pen.globalAlpha = 1;
    pen.fillStyle = "#fff"; pen.fillRect(width / 2 - 0.5, top, 1, height - top);
  };

  // A row an angle, the numbers of the frame that is shown.
  const live = document.getElementById("live");
  const cells = new Map();
  for (const label of live ? labels : []) {
    let row = [...live.rows].find((r) => r.dataset.name === label.name);
    if (!row) {
      row = live.insertRow();
      row.dataset.name = label.name;
      const head = document.createElement("th");
      head.scope = "row"; head.textContent = label.name;
      row.append(head);
      if (label.side === "middle") row.insertCell().colSpan = 2; else { row.insertCell(); row.insertCell(); }
    }
    cells.set(label, row.cells[label.side === "right" ? 2 : 1]);
  }
  const degrees = (tenths) => tenths === MISSING ? "–" : `${Math.round(tenths / 10)}°`.replace("-", "−");
  const showLive = (frame) => cells.forEach((cell, label) => { cell.textContent = degrees(label.deg[frame]); });

  const bar = document.getElementById("seek"), clock = document.getElementById("clock"), button = document.getElementById("play");
  bar.max = length;
  const show = () => {
    const time = shownTime();
    if (document.activeElement !== bar || media.paused) bar.value = time;
    clock.textContent = `${time.toFixed(2)} s`;
    bar.setAttribute("aria-valuetext", clock.textContent);
    draw();
    showLive(Math.floor(frameAt(time) / data.every));
    listeners.forEach((listener) => listener(time));
  };
  const loop = () => {
    show();
    if (!media.paused) requestAnimationFrame(loop);
  };
  const showState = () => {
    const word = data.words[media.paused ? "play" : "pause"];
    button.textContent = media.paused ? "▶" : "❚❚";
    button.setAttribute("aria-label", word);
    loop();
  };
  const toggle = () => { if (media.paused) media.play().catch(() => showState()); else media.pause(); };
  const setSpeed = (speed) => {
    media.playbackRate = speed;
    document.querySelectorAll("[data-speed]").forEach((b) => b.setAttribute("aria-pressed", String(Number(b.dataset.speed) === speed)));
  };
  const step = (by) => { media.pause(); seekFrame(frameAt(now()) + by); };
  const toStrike = (direction) => {
    const time = times[frameAt(now())], near = interval * 0.75;
    const next = direction > 0 ? strikes.find((s) => s > time + near) : strikes.findLast((s) => s < time - near);
    media.pause();
    // The frame nearest to the strike, which may lie between two frames.
    if (next !== undefined) seekFrame(frameAt(next + interval / 2));
  };
  const actions = {
    play: toggle, "frame-back": () => step(-1), "frame-on": () => step(1),
    "strike-back": () => toStrike(-1), "strike-on": () => toStrike(1),
  };
  // Up and down stay with the page, which they scroll.
  const keys = {
    " ": "play", ArrowLeft: "frame-back", ArrowRight: "frame-on",
    "shift ArrowLeft": "strike-back", "shift ArrowRight": "strike-on",
  };
  const speeds = { 1: 0.25, 2: 0.5, 3: 1 };

  document.querySelectorAll("[data-do]").forEach((b) => b.addEventListener("click", actions[b.dataset.do]));
  document.querySelectorAll("[data-speed]").forEach((b) => b.addEventListener("click", () => setSpeed(Number(b.dataset.speed))));
  document.querySelectorAll("[data-layer]").forEach((box) =>
    box.addEventListener("change", () => { layers[box.dataset.layer] = box.checked; draw(); }));
  document.querySelectorAll("[data-seek]").forEach((b) => b.addEventListener("click", () => {
    media.pause();
    seekFrame(frameAt(Number(b.dataset.seek) + interval * 0.1));
    document.getElementById("video").scrollIntoView();
  }));
  bar.addEventListener("input", () => { media.pause(); seek(Number(bar.value)); });
  // The keys belong to the player only while it can be seen: elsewhere the arrows scroll the page.
  const player = document.getElementById("player");
  let visible = false;
  new IntersectionObserver(([entry]) => { visible = entry.intersectionRatio >= 0.5; }, { threshold: [0, 0.5, 1] }).observe(player);
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const focused = document.activeElement, inside = player.contains(focused);
    if (!(inside || (visible && focused === document.body))) return;
    if (event.key === " " && inside && focused.matches("button, input[type=checkbox]")) return;
    const key = event.shiftKey ? `shift ${event.key}` : event.key;
    if (key in speeds) setSpeed(speeds[key]);
    else if (key in keys) { event.preventDefault(); actions[keys[key]](); }
  });
  for (const name of ["play", "pause", "ended"]) media.addEventListener(name, showState);
  for (const name of ["seeked", "loadeddata", "timeupdate"]) media.addEventListener(name, show);
  addEventListener("resize", draw);
  gaitlab.player = { seek: (time) => { media.pause(); seekFrame(frameAt(time)); }, now, onTime: (f) => { listeners.push(f); f(now()); }, contacts: data.contacts, start: data.start };
  show();
})();
