// The player: the runner's skeleton, angles and contacts over the picture, one clock for it and the charts.
"use strict";
(() => {
  const data = gaitlab.data("player-data");
  if (!data) return;
  const canvas = document.getElementById("overlay");
  const tracks = gaitlab.tracks(data, canvas);
  const { times, labels, frames, interval, length, frameAt, frameMiddle, drawnFrame, degrees } = tracks;
  const strikes = [...new Set(data.contacts.map((contact) => contact[1]))].sort((a, b) => a - b);
  const media = gaitlab.openMedia(length * data.rate);
  const layers = { skeleton: true, angles: true, contacts: true };
  const listeners = [];

  const now = () => media.currentTime / data.rate;
  const shownTime = gaitlab.shownTime(media, data.rate, () => show());
  const seek = (time) => { media.currentTime = Math.min(Math.max(time, 0), length - interval * 0.05) * data.rate; };
  const seekFrame = (frame) => seek(frameMiddle(Math.min(Math.max(frame, 0), frames - 1)));

  const draw = () => tracks.draw(shownTime(), layers);

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
  const showLive = (frame) => cells.forEach((cell, label) => { cell.textContent = degrees(label.deg[frame]); });

  const bar = document.getElementById("seek"), clock = document.getElementById("clock"), button = document.getElementById("play");
  bar.max = length;
  const show = () => {
    const time = shownTime();
    if (document.activeElement !== bar || media.paused) bar.value = time;
    clock.textContent = `${time.toFixed(2).replace(".", gaitlab.point)} s`;
    bar.setAttribute("aria-valuetext", clock.textContent);
    draw();
    showLive(drawnFrame(time));
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
  // Who asked for a moment elsewhere on the page is led to it; where the picture can be seen already, nothing moves.
  const player = document.getElementById("player"), screen = player.querySelector(".screen");
  const reveal = () => gaitlab.reveal(screen, document.getElementById("video"));
  screen.addEventListener("click", toggle);
  document.querySelectorAll("[data-seek]").forEach((b) => b.addEventListener("click", () => {
    media.pause();
    seekFrame(frameAt(Number(b.dataset.seek) + interval * 0.1));
    reveal();
  }));
  bar.addEventListener("input", () => { media.pause(); seek(Number(bar.value)); });
  // The keys belong to the player only while it can be seen: elsewhere the arrows scroll the page.
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
  gaitlab.player = { seek: (time) => { media.pause(); seekFrame(frameAt(time)); }, now, reveal, onTime: (f) => { listeners.push(f); f(now()); }, contacts: data.contacts, start: data.start };
  show();
})();
