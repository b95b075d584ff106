// Unsent words stay on this device.
import { at } from "./page.js";

const shelf = (form) => `edchat:${at}${form.dataset.keep}`;

const keep = (form) => {
  try {
    const text = form.elements.text.value;
    const once = form.elements.once.value;
    if (text) localStorage.setItem(shelf(form), JSON.stringify({ text, once }));
    else localStorage.removeItem(shelf(form));
  } catch {
    // Where nothing may be stored the words stay in the form.
  }
};

export const fetchKept = (form) => {
  try {
    const kept = JSON.parse(localStorage.getItem(shelf(form)));
    if (!kept || (form.elements.text.value && form.elements.text.value !== kept.text)) return;
    form.elements.text.value = kept.text;
    form.elements.once.value = kept.once;
  } catch {
    // The same.
  }
};

export const forget = (form) => {
  const { text, once } = form.elements;
  if (!text || !once) return;
  text.value = "";
  once.value = Array.from(crypto.getRandomValues(new Uint8Array(12)), (n) => n.toString(36)).join("");
  keep(form);
};

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.dataset.keep && event.target.name === "text") keep(form);
});
