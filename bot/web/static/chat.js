// Links to answers: one into a fold opens it, one to what stands here jumps, and one that has aged finds its answer.
"use strict";
const { lasting } = document.currentScript.dataset; // where an answer is found by its id, wherever it stands
function unfold() {
  const name = decodeURIComponent(location.hash.slice(1)), target = name && document.getElementById(name);
  if (!target) {
    seek(name);
    return;
  }
  note("");
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  target.scrollIntoView();
}
// Notes what is sought and gives what was sought before; a browser that keeps nothing gives no answer.
function note(name) {
  try {
    const before = sessionStorage.getItem("sought");
    sessionStorage.setItem("sought", name);
    return before;
  } catch {
    return undefined;
  }
}
// An answer moves on to another part of the page as the chat grows. Where it is not there either, once is enough.
function seek(name) {
  if (!lasting || !/^a-[\w-]+$/.test(name)) return;
  const before = note(name);
  if (before !== undefined && before !== name) location.replace(lasting + name.slice(2));
}
function jump(event) {
  const link = event.target.closest(".a > .t"), name = link && `a-${link.href.split("/").pop()}`;
  const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (!link || elsewhere || !document.getElementById(name)) return;
  event.preventDefault();
  if (location.hash === `#${name}`) unfold();
  else location.hash = name;
}
addEventListener("click", jump);
addEventListener("hashchange", unfold);
unfold();
