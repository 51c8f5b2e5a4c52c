// When a device was let in, the code is another.
import { ask } from "/static/common.js";

const code = document.getElementById("code").dataset.code;
setInterval(async () => {
  try { if ((await ask("/phone/code")).code !== code) location.reload(); } catch { /* the server is gone for a moment */ }
}, 2000);
