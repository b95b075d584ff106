// Forms are sent without a new page; where that cannot be, as they are sent without scripts.
import { calm, warn } from "./only_you.js";
import { at, elsewhere, words } from "./page.js";
import { putSent } from "./sheets.js";
import { forget } from "./unsent.js";

const underWay = new Set();

const plainly = (form, pressed) => {
  if (pressed?.name) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: pressed.name, value: pressed.value });
    form.append(field);
  }
  form.submit();
};

// A form for one message is done with: what is written next must not go where that went.
const leave = (address) => {
  history.replaceState(null, "", address);
  location.reload();
};

const settle = async (form, pressed, answer) => {
  if (answer.status === 429) {
    const seconds = answer.headers.get("Retry-After");
    return warn(words("fast", { seconds }));
  }
  if (!answer.headers.get("Content-Type")?.startsWith("application/json")) return plainly(form, pressed);
  const told = await answer.json();
  if (told.refused) return warn(told.refused);
  calm();
  forget(form);
  const { edit, reply, thread } = form.elements;
  if (edit || reply) return leave(`${at}?thread=${thread.value}#m${told.said}`);
  if (told.go) location.assign(told.go);
  if (told.html) putSent(told.html);
};

const send = async (form, pressed) => {
  const meant = pressed || form;
  if (underWay.has(meant)) return;
  underWay.add(meant);
  const body = new URLSearchParams(new FormData(form));
  if (pressed?.name) body.append(pressed.name, pressed.value);
  try {
    const headers = { Accept: "application/json" };
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers });
    await settle(form, pressed, answer);
  } catch {
    warn(words("unsent"));
  } finally {
    underWay.delete(meant);
  }
};

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-send]")) return;
  event.preventDefault();
  send(event.target, event.submitter);
});

document.addEventListener("keydown", (event) => {
  const form = event.target.form;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form?.dataset.keep) form.requestSubmit();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".about a");
  if (!link || elsewhere(event)) return;
  event.preventDefault();
  leave(link.href);
});
