// One frame of a video, and the eight dots that are clicked in it.
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const by = (id) => document.getElementById(id);
const picture = by("picture"), marks = by("marks");
let frame = data.frame, clicks = [];
function names() { return data.sides.flatMap((s) => data.dots.map((d) => [s, d])); }
function draw() {
  const zoom = Number(by("zoom").value);
  picture.style.width = data.width * zoom + "px";
  marks.width = data.width * zoom; marks.height = data.height * zoom;
  const pen = marks.getContext("2d");
  pen.lineWidth = 2; pen.font = "13px sans-serif";
  clicks.forEach(([x, y], i) => {
    pen.strokeStyle = pen.fillStyle = i < 4 ? "#0b62d6" : "#d6480b";
    pen.beginPath(); pen.arc((x + 0.5) * zoom, (y + 0.5) * zoom, 7, 0, 7); pen.stroke();
    pen.fillText(String(i + 1), (x + 0.5) * zoom + 9, (y + 0.5) * zoom - 6);
  });
  by("list").replaceChildren(...names().map(([s, d], i) => {
    const item = document.createElement("li");
    item.textContent = `${s} ${d.replace("_", " ")}`;
    item.className = i < clicks.length ? "done" : i === clicks.length ? "now" : "";
    return item;
  }));
  by("time").textContent = `${data.times_s[frame].toFixed(3)} s`;
  by("save").disabled = clicks.length !== names().length;
}
function show(number) {
  frame = Math.max(0, Math.min(number, data.times_s.length - 1));
  clicks = []; picture.src = `${data.place}frame?number=${frame}`; draw();
}
picture.addEventListener("click", (event) => {
  if (clicks.length >= names().length) return;
  const box = picture.getBoundingClientRect();
  clicks.push([(event.clientX - box.left) / box.width * data.width - 0.5, (event.clientY - box.top) / box.height * data.height - 0.5]);
  draw();
});
by("undo").addEventListener("click", () => { clicks.pop(); draw(); });
by("back").addEventListener("click", () => show(frame - 1));
by("on").addEventListener("click", () => show(frame + 1));
by("back10").addEventListener("click", () => show(frame - 10));
by("on10").addEventListener("click", () => show(frame + 10));
by("zoom").addEventListener("input", draw);
by("save").addEventListener("click", async () => {
  const points = {};
  names().forEach(([s, d], i) => { (points[s] ??= {})[d] = clicks[i].map((v) => Math.max(0, Math.round(v * 100) / 100)); });
  const answer = await fetch(`${data.place}save`, { method: "POST", headers: { "Content-Type": "application/json", ...data.headers },
    body: JSON.stringify({ video: { width: data.width, height: data.height }, time_s: data.times_s[frame], points }) });
  by("clicks-said").textContent = await answer.text();
  if (answer.ok) by("save").disabled = true;
});
show(frame);
