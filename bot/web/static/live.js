// Follows a chat: puts what comes where it says it belongs, and goes on to the archive when the chat is over.
"use strict";
const page = document.querySelector("[data-follow]");
const line = document.getElementById("line");
function put(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  const piece = box.content.firstElementChild;
  const list = piece && document.getElementById(piece.dataset.in);
  const old = piece && document.getElementById(piece.id);
  if (old) {
    if (piece.tagName !== "SECTION") old.replaceWith(piece);
    return;
  }
  if (!list) return;
  const order = Number(piece.dataset.at || 0);
  const after = [...list.children].find((other) => Number(other.dataset.at || 0) < order);
  list.insertBefore(piece, after || null);
}
async function leave(address) {
  // Everybody is told at once; not everybody asks at once.
  await new Promise((go) => setTimeout(go, 500 + Math.random() * 3500));
  for (let tries = 0; tries < 20; tries += 1) {
    const answer = await fetch(address).catch(() => null);
    if (answer && answer.ok) break;
    await new Promise((go) => setTimeout(go, 6000));
  }
  location.replace(address);
}
function follow(address) {
  const source = new EventSource(address);
  source.addEventListener("open", () => { line.hidden = true; });
  source.addEventListener("error", () => {
    line.hidden = false;
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 10000 + Math.random() * 10000);
  });
  source.addEventListener("anew", () => { document.getElementById("asked").replaceChildren(); });
  source.addEventListener("put", (event) => put(event.data));
  source.addEventListener("gone", (event) => document.getElementById(event.data)?.remove());
  source.addEventListener("closed", (event) => { source.close(); leave(event.data); });
  addEventListener("pagehide", () => source.close());
}
if (page && "EventSource" in window) follow(page.dataset.follow);
