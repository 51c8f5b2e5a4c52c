// Sessions: rename, delete with undo, choose some to compare.
import { ask, attempt, say } from "/static/common.js";

const dialog = document.getElementById("rename"), bar = document.getElementById("compare-bar");
let renamed;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-do]");
  if (!button) return;
  const row = button.closest("[data-session]");
  if (button.dataset.do === "rename") {
    renamed = row.dataset.session;
    dialog.querySelector("[name=athlete]").value = row.dataset.athlete;
    dialog.querySelector("[name=label]").value = row.dataset.label;
    dialog.querySelector(".wrong").textContent = "";
    dialog.showModal();
    return;
  }
  const name = row.querySelector("h3").textContent.trim();
  const gone = await attempt(() => ask(`/sessions/${row.dataset.session}`, { method: "DELETE" }));
  if (!gone) return;
  const next = row.nextElementSibling || row.previousElementSibling;
  row.hidden = true;
  (next && next.querySelector("h3 a, button") || document.getElementById("main")).focus();
  tellCompared();
  say(`${name} was deleted. `, { words: "Undo", run: () => attempt(async () => {
    await ask(`/bin/${gone.key}`, { method: "POST" });
    row.hidden = false;
    say(`${name} is back.`);
  }) });
});

if (dialog) {
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = Object.fromEntries(new FormData(event.target));
    const save = event.target.querySelector("[value=save]");
    save.disabled = true;
    try { await ask(`/sessions/${renamed}`, { method: "POST", body }); location.reload(); }
    catch (error) { dialog.querySelector(".wrong").textContent = error.message; }
    save.disabled = false;
  });
}

// A menu closes when another thing is clicked, and with Escape.
const menus = (wanted) => [...document.querySelectorAll("details.menu[open]")].filter(wanted);
document.addEventListener("click", (event) => menus((menu) => !menu.contains(event.target)).forEach((menu) => { menu.open = false; }));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of menus((one) => one.contains(event.target))) { menu.open = false; menu.querySelector("summary").focus(); }
});

document.addEventListener("change", (event) => { if (event.target.name === "compare") tellCompared(); });
function tellCompared() {
  if (!bar) return;
  const chosen = [...document.querySelectorAll("[name=compare]:checked")].filter((box) => !box.closest("[hidden]"));
  bar.querySelectorAll("input").forEach((input) => input.remove());
  for (const box of chosen) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name: "s", value: box.value });
    bar.append(input);
  }
  const views = new Set(chosen.map((box) => box.closest("[data-session]").dataset.view));
  bar.hidden = chosen.length === 0;
  const most = Number(bar.dataset.most);
  bar.querySelector("button").disabled = chosen.length < 2 || chosen.length > most || views.size > 1;
  document.getElementById("compare-words").textContent = chosen.length < 2 ? "Choose another session to compare with."
    : chosen.length > most ? `At most ${most} sessions are compared: take some away.`
    : views.size > 1 ? "These are of different views, which measure different things." : `${chosen.length} sessions are chosen.`;
}
