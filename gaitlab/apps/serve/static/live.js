// The camera: pictures one after the other, as fast as they come, while it is on.
import { ask, attempt, say } from "/static/common.js";

const form = document.getElementById("camera");
const picture = document.getElementById("picture"), recorded = document.getElementById("recorded");
const state = document.getElementById("state");
const WORDS = { off: "The camera is off.", shown: "The camera is shown.", recorded: "Recording …" };
let after = 0, looking = false, again = false, stopped = false, recording = false;

if (form) {
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    button.disabled = true;
    const dropped = button.dataset.do === "stop" && !recorded.hidden;
    stopped = button.dataset.do === "stop";
    const answer = await attempt(() => ask(`/live/${button.dataset.do}`, { method: "POST", body: { camera: Number(form.elements.camera.value) } }));
    // One that is short is over before the page has looked, where that takes long.
    recording = button.dataset.do === "record" && Boolean(answer);
    button.disabled = false;
    if (dropped) say("The recording was stopped before its end; nothing of it is kept.");
    look();
  });
  look();
}

async function look() {
  again = true;  // an answer that is under way may be older than what was just asked for
  if (looking) return;
  looking = true;
  let now = { state: "off", message: "" };
  while (again || now.state !== "off") {
    again = false;
    try { now = await ask("/live/status"); } catch (error) { now = { state: "off", message: error.message }; }
    tell(now);
    recording ||= now.state === "recorded";
    if (now.state !== "off") await next();
  }
  looking = false;
  if (recording && !stopped && !now.message) {
    recording = false;
    const link = document.createElement("a");
    link.href = "/"; link.textContent = "Analyse it";
    state.replaceChildren("Recorded. ", link);
  }
}

function tell(now) {
  state.textContent = now.message || WORDS[now.state];
  state.classList.toggle("wrong", Boolean(now.message));
  recorded.hidden = now.state !== "recorded";
  recorded.value = now.done_s || 0;
  form.querySelector("[data-do=stop]").disabled = now.state === "off";
  form.querySelector("[data-do=record]").disabled = now.state === "recorded";
  if (now.state === "off") picture.hidden = true;
}

async function next() {
  try {
    const answer = await fetch(`/live/picture.jpg?after=${after}`);
    if (answer.status !== 200) return;
    after = Number(answer.headers.get("X-Number"));
    const before = picture.src;
    picture.src = URL.createObjectURL(await answer.blob());
    picture.hidden = false;
    if (before) URL.revokeObjectURL(before);
  } catch { await new Promise((resolve) => setTimeout(resolve, 500)); }
}
