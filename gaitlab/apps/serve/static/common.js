// What every page uses: questions to the server with the token, and one line that says what happened.
const token = document.querySelector("meta[name=token]").content;

export class Refused extends Error {
  constructor(words, status, content) { super(words); this.status = status; this.content = content; }
}

export async function ask(address, { method = "GET", body } = {}) {
  let answer;
  try {
    answer = await fetch(address, {
      method, headers: method === "GET" ? {} : { "X-Gaitlab-Token": token, "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch { throw new Refused("The server does not answer; start it again with: gaitlab serve", 0, {}); }
  const text = await answer.text();
  let content = {};
  try { content = JSON.parse(text); } catch { /* plain words */ }
  if (!answer.ok) throw new Refused(content.error || text || `error ${answer.status}`, answer.status, content);
  return content;
}

export function upload(file, { onProgress, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch does not tell how much of a body has been sent
    request.open("PUT", "/films");
    request.setRequestHeader("X-Gaitlab-Token", token);
    request.setRequestHeader("X-Film-Name", encodeURIComponent(file.name));
    request.setRequestHeader("X-Film-Date", String(file.lastModified || ""));
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded / Math.max(event.total, 1)));
    request.addEventListener("load", () => {
      let content = {};
      try { content = JSON.parse(request.responseText); } catch { content = { error: request.responseText }; }
      if (request.status === 201) resolve(content.id); else reject(new Refused(content.error || "refused", request.status, content));
    });
    request.addEventListener("error", () => reject(new Refused("The upload was cut off; is the server running?", 0, {})));
    request.addEventListener("abort", () => reject(new Refused("", 0, {})));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

// Say one line; with an action, for longer and with a button.
let fading;
export function say(words, action) {
  const place = document.getElementById("said");
  clearTimeout(fading);
  place.replaceChildren(words);
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = action.words;
    button.addEventListener("click", () => { place.replaceChildren(); action.run(); });
    place.append(button);
  }
  fading = setTimeout(() => place.replaceChildren(), action ? 20000 : 6000);
}

export async function attempt(task) {
  try { return await task(); } catch (error) {
    if (!(error instanceof Refused)) throw error;
    complain(error);
    return undefined;
  }
}

// Say what was refused; where this page is older than the server, loading it again is what helps.
export function complain(error) {
  if (error.message) say(error.message, error.status === 403 ? { words: "Load again", run: () => location.reload() } : undefined);
}
