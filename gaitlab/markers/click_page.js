// One frame of a video, and the eight dots that are clicked in it, or set by keyboard with a cross.
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const by = (id) => document.getElementById(id);
const picture = by("picture"), marks = by("marks"), place = by("place");
const names = data.sides.flatMap((side) => data.dots.map((dot) => ({ side, dot, words: `${side} ${dot.replace("_", " ")}` })));
let frame = data.frame;
let clicks = names.map(() => null); // [x, y] of each dot, px of the video; null is not set
let order = []; // the dots as they were set, the last one last
let now = 0; // the dot that the next click sets
let cross = [data.width / 2 - 0.5, data.height / 2 - 0.5];
let keyed = false; // whether the cross is shown: a mouse has its own

function draw() {
  const zoom = Number(by("zoom").value);
  picture.style.width = data.width * zoom + "px";
  marks.width = data.width * zoom; marks.height = data.height * zoom;
  const pen = marks.getContext("2d");
  pen.font = "bold 13px sans-serif";
  const seen = (colour, line) => { // with a light edge, over dark and over light
    for (const [stroke, width] of [["#fff", 4], [colour, 2]]) { pen.strokeStyle = stroke; pen.lineWidth = width; line(); }
  };
  clicks.forEach((click, i) => {
    if (!click) return;
    const [x, y] = click.map((v) => (v + 0.5) * zoom), colour = i < names.length / 2 ? "#0b62d6" : "#d6480b";
    seen(colour, () => { pen.beginPath(); pen.arc(x, y, i === now ? 9 : 7, 0, 7); pen.stroke(); });
    pen.strokeStyle = "#fff"; pen.lineWidth = 3; pen.strokeText(String(i + 1), x + 10, y - 7);
    pen.fillStyle = colour; pen.fillText(String(i + 1), x + 10, y - 7);
  });
  if (keyed) {
    const [x, y] = cross.map((v) => (v + 0.5) * zoom);
    seen("#000", () => {
      pen.beginPath();
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) { pen.moveTo(x + 3 * dx, y + 3 * dy); pen.lineTo(x + 14 * dx, y + 14 * dy); }
      pen.stroke();
    });
  }
  list();
  by("time").textContent = `${data.times_s[frame].toFixed(3)} s`;
  by("undo").disabled = !order.length;
  by("save").disabled = clicks.includes(null);
}
function list() {
  if (!by("list").children.length) by("list").append(...names.map(({ words }, i) => {
    const item = document.createElement("li"), button = document.createElement("button");
    button.type = "button"; button.textContent = words;
    button.addEventListener("click", () => { choose(i); place.focus(); });
    item.append(button);
    return item;
  }));
  [...by("list").children].forEach((item, i) => {
    item.className = `${clicks[i] ? "done" : ""} ${i === now ? "now" : ""}`;
    item.firstChild.setAttribute("aria-label", `${names[i].words}, ${clicks[i] ? "set" : "not set"}`);
    item.firstChild.setAttribute("aria-pressed", String(i === now));
  });
}
function say(words) { by("clicks-said").textContent = words; }
function spoken([x, y]) { return `${Math.round(x)}, ${Math.round(y)}`; }
function next() { return now < names.length ? `Next: ${names[now].words}.` : "All are set: save them, or choose one to move it."; }

function show(number) {
  frame = Math.max(0, Math.min(number, data.times_s.length - 1));
  say(order.length ? "Another frame: the dots that were set in the one before are taken back." : "");
  clicks = names.map(() => null); order = []; now = 0;
  picture.src = `${data.place}frame?number=${frame}`;
  draw();
}
function choose(i) {
  now = i;
  if (clicks[i]) cross = [...clicks[i]];
  say(clicks[i] ? `${names[i].words} is at ${spoken(clicks[i])}; set it anew, or remove it.` : `${names[i].words} is chosen.`);
  keepInSight(); draw();
}
function set(click) {
  if (now >= names.length) { say(next()); return; }
  clicks[now] = click; cross = [...click];
  order = [...order.filter((i) => i !== now), now];
  const words = `${names[now].words} is set at ${spoken(click)}.`, empty = clicks.indexOf(null);
  now = empty < 0 ? names.length : empty;
  say(`${words} ${next()}`); draw();
}
function remove(i) {
  if (i === undefined) return;
  clicks[i] = null; order = order.filter((one) => one !== i); now = i;
  say(`${names[i].words} is removed. ${next()}`); draw();
}
function keepInSight() {
  const zoom = Number(by("zoom").value), edge = 30;
  for (const [at, from, size] of [[cross[0], "scrollLeft", place.clientWidth], [cross[1], "scrollTop", place.clientHeight]]) {
    place[from] = Math.max(Math.min(place[from], at * zoom - edge), at * zoom + edge - size);
  }
}
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
place.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const step = STEPS[event.key], number = Number(event.key);
  keyed = true;
  if (step) {
    const far = event.shiftKey ? 10 : 1;
    cross = [[cross[0], data.width], [cross[1], data.height]].map(([at, size], i) => Math.max(0, Math.min(at + far * step[i], size - 1)));
    say(`The cross is at ${spoken(cross)}.`); keepInSight(); draw();
  } else if (event.key === "Enter") set([...cross]);
  else if (event.key === "Delete" || event.key === "Backspace") remove(clicks[now] ? now : order.at(-1));
  else if (number >= 1 && number <= names.length) choose(number - 1);
  else return;
  event.preventDefault();
});
place.addEventListener("focus", () => { keyed = place.matches(":focus-visible"); draw(); });
place.addEventListener("blur", () => { keyed = false; draw(); });
picture.addEventListener("click", (event) => {
  keyed = false;
  const box = picture.getBoundingClientRect();
  set([(event.clientX - box.left) / box.width * data.width - 0.5, (event.clientY - box.top) / box.height * data.height - 0.5]);
});
by("undo").addEventListener("click", () => remove(order.at(-1)));
by("back").addEventListener("click", () => show(frame - 1));
by("on").addEventListener("click", () => show(frame + 1));
by("back10").addEventListener("click", () => show(frame - 10));
by("on10").addEventListener("click", () => show(frame + 10));
by("zoom").addEventListener("input", draw);
by("save").addEventListener("click", async () => {
  const points = {};
  names.forEach(({ side, dot }, i) => { (points[side] ??= {})[dot] = clicks[i].map((v) => Math.max(0, Math.round(v * 100) / 100)); });
  try {
    const answer = await fetch(`${data.place}save`, { method: "POST", headers: { "Content-Type": "application/json", ...data.headers },
      body: JSON.stringify({ video: { width: data.width, height: data.height }, time_s: data.times_s[frame], points }) });
    const text = await answer.text();
    say(answer.headers.get("Content-Type").startsWith("application/json") ? JSON.parse(text).error : text);
    if (answer.ok) by("save").disabled = true;
  } catch { say("The server does not answer; is it running?"); }
});
show(frame);
