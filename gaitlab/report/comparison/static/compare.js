// Many runners at one moment of the gait cycle: one position, counted in cycles, leads every video, drawing and chart.
"use strict";
(() => {
  const data = gaitlab.data("comparison-data");
  if (!data) return;
  const layers = { skeleton: true, angles: true, contacts: false };
  const listeners = [];
  const runners = data.sessions.filter((session) => session.data.times.length).map((session) => {
    const tracks = gaitlab.tracks(session.data, document.getElementById(`${session.name}-overlay`));
    const media = gaitlab.openMedia(tracks.length * session.data.rate, session.name);
    const runner = { ...session, tracks, media, rate: session.data.rate };
    runner.shownTime = gaitlab.shownTime(media, runner.rate, () => draw(runner));
    for (const name of ["seeked", "loadeddata"]) media.addEventListener(name, () => draw(runner));
    return runner;
  });
  const draw = (runner) => runner.tracks.draw(runner.shownTime(), layers);

  // The cycles that all who have any can show: the first one of each is shown together, then the second one.
  let leg = "left", synchronised = [], cycles = 0, position = 0, speed = 1, playing = false;
  const strideOf = (runner, at) => runner.strides[leg][Math.min(Math.floor(at), runner.strides[leg].length - 1)];
  const timeOf = (runner, at) => {
    const [start, end] = strideOf(runner, at);
    return start + Math.min(at - Math.floor(at), 1) * (end - start);
  };
  const choose = (side) => {
    leg = side;
    synchronised = runners.filter((runner) => runner.strides[side].length);
    cycles = synchronised.length ? Math.min(...synchronised.map((runner) => runner.strides[side].length)) : 0;
    document.querySelectorAll("[data-leg]").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.leg === side)));
    bar.max = cycles;
  };
  // A step is a frame of the finest recording; the others show a frame for more than one step.
  const stepOf = () => Math.min(...synchronised.map((runner) => {
    const [start, end] = strideOf(runner, position);
    return runner.tracks.interval / (end - start);
  }));

  const bar = document.getElementById("seek"), clock = document.getElementById("clock"), button = document.getElementById("play");
  const percent = () => cycles ? 100 * (position - Math.floor(position)) : null;
  const tell = () => {
    bar.value = position;
    const words = { stride: Math.min(Math.floor(position) + 1, cycles), strides: cycles, percent: Math.floor(percent() + 1e-6) };
    clock.textContent = cycles ? data.words.cycle.replace(/\{(\w+)\}/g, (_, name) => words[name]) : "–";
    bar.setAttribute("aria-valuetext", clock.textContent);
    listeners.forEach((listener) => listener(position));
  };
  const show = () => {
    // At rest everyone stands in the middle of the frame that is on at this moment: no rounding shows the one before.
    for (const runner of synchronised) {
      const { frameMiddle, frameAt } = runner.tracks;
      runner.media.currentTime = frameMiddle(frameAt(timeOf(runner, position))) * runner.rate;
    }
    tell();
  };
  const pause = () => {
    playing = false;
    synchronised.forEach((runner) => runner.media.pause());
    showState();
  };
  const seek = (at) => {
    if (!cycles) return;
    if (playing) pause();
    position = Math.min(Math.max(at, 0), cycles - 1e-6);
    show();
  };
  const showState = () => {
    button.textContent = playing ? "❚❚" : "▶";
    button.setAttribute("aria-label", data.words[playing ? "pause" : "play"]);
  };
  // The first one plays as it will and says where in the cycle all are: a busy computer then slows everyone down.
  const follow = ({ media, rate, strides, tracks }) => {
    if (media.seeking) return;
    const time = media.currentTime / rate;
    let number = Math.floor(position);
    while (number < cycles && time >= strides[leg][number][1]) number += 1;
    if (number >= cycles || media.ended) number = 0;
    const [start, end] = strides[leg][number];
    // Between two cycles there may be others that were not accepted.
    if (time < start - tracks.interval || time >= end) { position = number; media.currentTime = start * rate; } else {
      position = number + Math.min(Math.max((time - start) / (end - start), 0), 1 - 1e-6);
    }
  };
  // The others play at a rate that makes the cycles equally long; who drifts is led back gently, who is far off is set.
  const lead = (runner, pace) => {
    const [start, end] = strideOf(runner, position), rate = pace * (end - start) * runner.rate;
    const target = timeOf(runner, position), late = target - runner.media.currentTime / runner.rate;
    if (runner !== synchronised[0] && Math.abs(late) > 0.12 && !runner.media.seeking) runner.media.currentTime = target * runner.rate;
    const gently = runner === synchronised[0] ? 1 : 1 + Math.max(-0.3, Math.min(0.3, 3 * late));
    runner.media.playbackRate = Math.min(Math.max(rate * gently, 0.0625), 16);
    if (runner.media.paused) runner.media.play().catch(() => {});
  };
  const tick = () => {
    if (!playing) return;
    follow(synchronised[0]);
    const [start, end] = strideOf(synchronised[0], position);
    synchronised.forEach((runner) => { lead(runner, speed / (end - start)); draw(runner); });
    tell();
    requestAnimationFrame(tick);
  };
  const play = () => {
    if (!cycles) return;
    playing = true;
    showState();
    requestAnimationFrame(tick);
  };
  const setSpeed = (wanted) => {
    speed = wanted;
    document.querySelectorAll("[data-speed]").forEach((b) => b.setAttribute("aria-pressed", String(Number(b.dataset.speed) === speed)));
  };
  const actions = {
    play: () => { if (playing) pause(); else play(); },
    "step-back": () => seek(position - stepOf()),
    "step-on": () => seek(position + stepOf()),
    "strike-back": () => seek(Math.ceil(position - 1e-6) - 1),
    "strike-on": () => seek(Math.min(Math.floor(position + 1e-6) + 1, cycles - 1)),
  };
  const keys = {
    " ": "play", ArrowLeft: "step-back", ArrowRight: "step-on", "shift ArrowLeft": "strike-back", "shift ArrowRight": "strike-on",
  };
  const speeds = { 1: 0.25, 2: 0.5, 3: 1 };

  document.querySelectorAll("[data-do]").forEach((b) => b.addEventListener("click", actions[b.dataset.do]));
  document.querySelectorAll("[data-speed]").forEach((b) => b.addEventListener("click", () => setSpeed(Number(b.dataset.speed))));
  document.querySelectorAll("[data-leg]").forEach((b) => b.addEventListener("click", () => { choose(b.dataset.leg); seek(position); }));
  document.querySelectorAll("[data-layer]").forEach((box) =>
    box.addEventListener("change", () => { layers[box.dataset.layer] = box.checked; runners.forEach(draw); }));
  bar.addEventListener("input", () => seek(Number(bar.value)));
  document.querySelectorAll("#players .screen").forEach((screen) => screen.addEventListener("click", actions.play));
  // The keys belong to the players only while they can be seen: elsewhere the arrows scroll the page.
  const players = document.getElementById("players");
  let visible = false;
  new IntersectionObserver(([entry]) => { visible = entry.intersectionRatio >= 0.5; }, { threshold: [0, 0.5, 1] }).observe(players);
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const focused = document.activeElement, inside = players.contains(focused);
    if (!(inside || (visible && focused === document.body))) return;
    if (event.key === " " && inside && focused.matches("button, input[type=checkbox]")) return;
    const key = event.shiftKey ? `shift ${event.key}` : event.key;
    if (key in speeds) setSpeed(speeds[key]);
    else if (key in keys) { event.preventDefault(); actions[keys[key]](); }
  });
  addEventListener("resize", () => runners.forEach(draw));
  gaitlab.player = {
    now: () => position, percent, contacts: [], runners, seek,
    reveal: () => gaitlab.reveal(players.querySelector(".screen"), document.getElementById("videos")),
    seekPercent: (x) => seek(Math.floor(position) + Math.min(Math.max(x, 0), 99.9) / 100),
    onTime: (listener) => { listeners.push(listener); listener(position); },
  };
  // The leg of which most runners show most cycles; the left one where both are alike.
  const shownBy = (side) => { choose(side); return [synchronised.length, cycles]; };
  const left = shownBy("left"), right = shownBy("right");
  if (left[0] > right[0] || (left[0] === right[0] && left[1] >= right[1])) choose("left");
  seek(0);
  runners.forEach(draw);
})();
