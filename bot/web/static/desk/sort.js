// A heap is sorted by keys as well: each presses the button that stands there, and the page comes back in place.
let queue = Promise.resolve();

const sort = () => document.getElementById("sort");
const words = () => [...document.querySelectorAll(".heap>li")];
const here = () => document.activeElement?.closest(".heap>li");

const STAYS = 12_000;
let going = 0;

function bar() {
  return document.getElementById("told").parentElement;
}

// The bar lies over what comes next, so it goes after a while; not while somebody is about to use it.
// Where nothing hovers, whatever was touched last counts as hovered on.
function goesSoon() {
  const used = matchMedia("(hover:hover)").matches ? ":hover,:focus-within" : ":focus-within";
  clearTimeout(going);
  going = setTimeout(() => bar().matches(used) ? goesSoon() : say(""), STAYS);
}

// What came of it, and with it what takes it back: the page's own button may stand far above.
function say(text, undo = null) {
  const told = document.getElementById("told");
  told.textContent = "";
  told.nextElementSibling?.remove();
  if (undo) told.after(undo.cloneNode(true));
  if (text) goesSoon();
  requestAnimationFrame(() => { told.textContent = text; });
}

function focusOn(item) {
  const target = item ?? document.getElementById("heap");
  target?.focus();
  target?.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = words(), at = all.indexOf(here());
  focusOn(all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + by))]);
}

// Where one goes on: at the same message, else at what took its place; after an undo at what came back.
function goOn(before, at, id) {
  const all = words(), back = all.find(one => !before.has(one.id));
  focusOn((back && !id ? back : null) ?? all.find(one => one.id === id) ?? all[Math.min(at, all.length - 1)]);
}

async function send(form, button) {
  const item = form.closest(".heap>li"), before = new Set(words().map(one => one.id));
  const at = Math.max(0, words().indexOf(item ?? here()));
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, button)) })
    .catch(() => null);
  if (!answer) return say(document.getElementById("told").dataset.lost, undoing());
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector(".desk");
  if (!page.getElementById("sort")) return location.reload();
  page.getElementById("told").parentElement.replaceWith(bar());
  document.querySelector(".desk").replaceWith(fresh);
  document.title = page.title;
  ready();
  const said = document.getElementById("said");
  const asks = said?.closest(".heap") ? said : null;
  // What stands beside a message can be taken back; not so what goes for good, of which one was asked there.
  const done = form.dataset.what && !asks && button.value !== "undo" && !said?.classList.contains("no");
  say(asks ? "" : said?.querySelector("p")?.textContent ?? "", done ? undoing() : null);
  if (asks) focusOn(asks);
  else goOn(before, at, item?.id ?? (button.value === "undo" ? "" : here()?.id));
}

function press(form, button) {
  queue = queue.then(() => send(form, button)).catch(() => location.reload());
}

function hide(item) {
  const shown = item?.querySelector('button[value="show"]');
  if (shown) return send(shown.form, shown);
  const fold = item?.querySelector("details.hide");
  if (!fold) return undefined;
  fold.open = true;
  fold.querySelector("input[name=because]").focus();
  return undefined;
}

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.target.closest("input,textarea,select")) {
    if (event.key === "Escape") focusOn(event.target.closest(".heap>li"));
    return;
  }
  const key = event.key.toLowerCase();
  if (!/^[0-9jkhpu]$/.test(key)) return;
  event.preventDefault();
  // What is pressed fast is done one after the other, each to the message that is in focus by then.
  queue = queue.then(() => {
    const item = here();
    if (key === "j") step(1);
    else if (key === "k") step(-1);
    else if (key === "u") return undo();
    else if (key === "h") return hide(item);
    else return pressed(item, key);
  }).catch(() => location.reload());
}

function undoing() {
  return document.querySelector("#sort form[data-what=undo]");
}

function undo() {
  const form = undoing();
  return form ? send(form, form.querySelector("button")) : say(document.getElementById("told").dataset.none);
}

function pressed(item, key) {
  const values = key === "p" ? ["pick", "unpick"] : key === "0" ? ["unfile"] : [`file ${key}`];
  const button = values.map(value => item?.querySelector(`button[value="${value}"]`)).find(Boolean);
  return button ? send(button.form, button) : undefined;
}

function ready() {
  sort()?.querySelector(".keys")?.classList.add("on");
}

document.addEventListener("keydown", event => {
  if (event.target.closest?.("#sort")) onKey(event);
});
// What asks beside a message whether something is meant goes away with "No".
document.addEventListener("click", event => {
  const asks = event.target.closest?.("a.btn")?.closest(".heap #said");
  if (!asks) return;
  event.preventDefault();
  const item = asks.closest("li");
  asks.remove();
  focusOn(item);
});
document.addEventListener("submit", event => {
  if (!event.submitter || !event.target.closest("#sort,.told")) return;
  event.preventDefault();
  press(event.target, event.submitter);
});
ready();
