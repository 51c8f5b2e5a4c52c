// Films are dropped, looked at, asked about and analysed; the page asks how far they are and shows what changed.
import { ask, attempt, complain, say, upload } from "/static/common.js";

const queue = document.getElementById("queue"), drop = document.getElementById("drop");
const choose = document.getElementById("choose");
const shown = new Map(); // id -> mark of what is shown
const FAST_MS = 500, SLOW_MS = 3000;
let timer;

// Uploads
choose.addEventListener("change", () => { take(choose.files); choose.value = ""; });
drop.addEventListener("submit", (event) => event.preventDefault());
for (const name of ["dragenter", "dragover"]) document.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
for (const name of ["dragleave", "drop"]) document.addEventListener(name, (event) => { event.preventDefault(); if (name === "drop" || !event.relatedTarget) drop.classList.remove("over"); });
document.addEventListener("drop", (event) => take(event.dataTransfer.files));

function take(files) { for (const file of files) send(file); }

async function send(file) {
  const stop = new AbortController();
  const item = document.createElement("li");
  const [name, bar, button] = [document.createElement("h3"), document.createElement("progress"), document.createElement("button")];
  name.textContent = file.name;
  bar.max = 1; bar.value = 0; bar.setAttribute("aria-label", `Upload of ${file.name}`);
  button.type = "button"; button.textContent = "Cancel"; button.addEventListener("click", () => stop.abort());
  item.className = "uploading";
  item.append(name, bar, button);
  queue.append(item);
  tellEmpty();
  try {
    await upload(file, { signal: stop.signal, onProgress: (share) => { bar.value = share; } });
    item.remove();
  } catch (error) {
    if (error.message) refuse(item, bar, button, error.message); else item.remove();
  }
  look();
}

// Of many films that are dropped at once, each that is refused stays with its reason until it is taken away.
function refuse(item, bar, button, words) {
  const said = document.createElement("p");
  said.className = "wrong"; said.setAttribute("role", "alert"); said.textContent = words;
  bar.replaceWith(said);
  item.className = "refused";
  button.textContent = "Remove";
  button.addEventListener("click", () => { item.remove(); tellEmpty(); });
}

addEventListener("beforeunload", (event) => { if (queue.querySelector(".uploading")) event.preventDefault(); });

// The queue
async function look() {
  clearTimeout(timer);
  let pause = SLOW_MS;
  try {
    const { jobs, active } = await ask("/films");
    if (active) pause = FAST_MS;
    const known = new Set(jobs.map((job) => job.id));
    for (const item of [...queue.querySelectorAll("[data-job]")]) if (!known.has(item.dataset.job)) { shown.delete(item.dataset.job); item.remove(); }
    for (const job of jobs) {
      if (shown.get(job.id) !== job.mark) await show(job);
      progress(job);
    }
    order(jobs);
    tellEmpty();
    document.body.classList.remove("lost");
  } catch (error) { if (!document.body.classList.contains("lost")) complain(error); document.body.classList.add("lost"); }
  timer = setTimeout(look, document.hidden ? SLOW_MS : pause);
}

function order(jobs) {
  const items = jobs.map((job) => queue.querySelector(`[data-job="${job.id}"]`)).filter(Boolean);
  const now = [...queue.querySelectorAll("[data-job]")];
  if (items.some((item, i) => item !== now[i])) for (const item of items) queue.append(item);
}

async function show(job) {
  const card = await attempt(() => ask(`/films/${job.id}`));
  if (!card) return;
  let item = queue.querySelector(`[data-job="${job.id}"]`);
  const focused = item && item.contains(document.activeElement);
  if (!item) { item = document.createElement("li"); item.dataset.job = job.id; queue.append(item); }
  item.innerHTML = card.html; // escaped by the server's templates
  const before = shown.get(job.id);
  shown.set(job.id, job.mark);
  if (focused) item.querySelector("h3").focus();
  item.querySelectorAll("canvas[data-strip]").forEach(play);
  mark(item);
  if (job.state === "done" && before) say(`${item.querySelector("h3").textContent}: done`);
}

function progress(job) {
  const item = queue.querySelector(`[data-job="${job.id}"]`);
  const bar = item && item.querySelector("progress");
  if (!bar || job.state !== "running") return;
  bar.value = job.share;
  item.querySelector(".stage").textContent = [job.stage, job.share ? `${Math.floor(100 * job.share)} %` : "", job.left].filter(Boolean).join(" · ");
}

function tellEmpty() { document.getElementById("empty").hidden = queue.children.length > 0; }

// What is clicked and typed in a card
const jobOf = (element) => element.closest("[data-job]").dataset.job;
queue.addEventListener("click", async (event) => {
  const person = event.target.closest("[data-person]");
  if (person) {
    const radio = person.closest("form").querySelector(`input[name=person][value="${person.dataset.person}"]`);
    radio.checked = true;
    radio.dispatchEvent(new Event("input", { bubbles: true }));
    return;
  }
  const button = event.target.closest("button[data-do], button[data-rate]");
  if (!button) return;
  const job = jobOf(button);
  button.disabled = true;
  await attempt(() => {
    if (button.dataset.rate !== undefined) return ask(`/films/${job}/answer`, { method: "POST", body: { rate: button.dataset.rate ? Number(button.dataset.rate) : null } });
    return button.dataset.do === "remove" ? ask(`/films/${job}`, { method: "DELETE" }) : ask(`/films/${job}/${button.dataset.do}`, { method: "POST" });
  });
  button.disabled = false;
  look();
});

const said = (form) => Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));

queue.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target, job = jobOf(form);
  clearTimeout(form.keeping);
  tellWrong(form, {});
  try { await ask(`/films/${job}`, { method: "POST", body: said(form) }); } catch (error) {
    if (error.content && error.content.wrong) tellWrong(form, error.content.wrong); else complain(error);
  }
  look();
});

function tellWrong(form, wrong) {
  for (const field of form.querySelectorAll("[data-field]")) {
    const words = wrong[field.dataset.field] || "";
    field.querySelector(".wrong").textContent = words;
    field.querySelectorAll("input, select").forEach((input) => words ? input.setAttribute("aria-invalid", "true") : input.removeAttribute("aria-invalid"));
    if (words && field.closest("details")) field.closest("details").open = true;
  }
  const first = form.querySelector("[aria-invalid]");
  if (first) first.focus();
}

queue.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form) return;
  if (event.target.name === "athlete") remember(form, event.target.value);
  mark(form);
  clearTimeout(form.keeping);
  const job = jobOf(form);
  form.keeping = setTimeout(() => attempt(() => ask(`/films/${job}`, { method: "PATCH", body: said(form) })), 600);
});

// Height and mass of an athlete who was here before
function remember(form, name) {
  const known = [...form.querySelectorAll("datalist option")].find((option) => option.value === name);
  if (!known) return;
  for (const field of ["height", "mass"]) if (!form.elements[field].value && known.dataset[field]) form.elements[field].value = known.dataset[field];
}

// The person who is chosen is marked in the picture.
function mark(item) {
  const chosen = item.querySelector("input[name=person]:checked");
  item.querySelectorAll(".person").forEach((person) => person.classList.toggle("chosen", Boolean(chosen) && person.dataset.person === chosen.value));
}

// Pictures of the film, one after the other as fast as it would have been.
function play(canvas) {
  const strip = new Image();
  const every = Number(canvas.dataset.every) * 1000, count = Number(canvas.dataset.pictures);
  const pen = canvas.getContext("2d");
  const draw = (number) => pen.drawImage(strip, number * canvas.width, 0, canvas.width, canvas.height, 0, 0, canvas.width, canvas.height);
  strip.addEventListener("load", () => {
    draw(0);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const began = performance.now();
    const step = (now) => { if (!canvas.isConnected) return; draw(Math.floor((now - began) / every) % count); requestAnimationFrame(step); };
    requestAnimationFrame(step);
  });
  strip.src = canvas.dataset.strip;
}

document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
look();
