// A plan as one writes it: questions move by button or Alt and arrow, and the times follow, before it is saved.
"use strict";
import {showOwn} from "./times.js";

const form = document.getElementById("plan");
const list = form?.querySelector(".qs");
// In a chat that is on or goes over days, times belong to turns: whatever is asked first is asked then.
let turns = [];

function rows() {
  return [...list.querySelectorAll("[data-movable]")];
}

// As the page writes a time: in English by us, since browsers say "PM"; else as the language has it.
function clock(at, hour, minute) {
  const language = document.documentElement.lang;
  if (language === "en") return `${hour % 12 || 12}:${minute} ${hour < 12 ? "am" : "pm"}`;
  return new Intl.DateTimeFormat(language, {timeZone: list.dataset.zone, timeStyle: "short"}).format(at);
}

function wall(seconds) {
  const at = new Date(seconds * 1000);
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: list.dataset.zone, hour12: false, year: "numeric", month: "2-digit", day: "2-digit",
    hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  }).formatToParts(at);
  const part = Object.fromEntries(parts.map(one => [one.type, one.value]));
  const hour = Number(part.hour);
  const there = Date.UTC(part.year, part.month - 1, part.day, hour, part.minute);
  const minutes = Math.round((there - Math.floor(seconds / 60) * 60000) / 60000);
  const sign = minutes < 0 ? "-" : "+";
  const pad = number => String(Math.abs(number)).padStart(2, "0");
  const offset = `${sign}${pad(Math.trunc(minutes / 60))}:${pad(minutes % 60)}`;
  const iso = `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}${offset}`;
  return {iso, words: clock(at, hour, part.minute)};
}

function timeIn(row, seconds) {
  const cell = row.querySelector(".at");
  if (seconds === null) {
    cell.replaceChildren();
    return;
  }
  let time = cell.querySelector("time");
  if (!time) {
    time = document.createElement("time");
    cell.replaceChildren(time);
  }
  const {iso, words} = wall(seconds);
  time.dateTime = iso;
  time.textContent = words;
  showOwn(time);
}

function layOut() {
  const moving = rows();
  const letter = list.dataset.letter;
  const first = moving.length ? Math.min(...moving.map(row => Number(row.dataset.number))) : 0;
  moving.forEach((row, place) => {
    const name = `${letter}${first + place}`;
    row.querySelector(".qn").textContent = name;
    row.querySelectorAll("button[aria-label]").forEach(button => {
      button.setAttribute("aria-label", button.getAttribute("aria-label").replace(/\S*\d+/, name));
    });
    row.querySelectorAll("button[data-move]").forEach(button => {
      button.disabled = button.dataset.move === "-1" ? place === 0 : place === moving.length - 1;
    });
  });
  if (!list.dataset.first) {
    moving.forEach((row, place) => row.querySelector(".at").replaceChildren(...turns[place]));
    return;
  }
  const fresh = list.querySelector(".new");
  const pasted = fresh.querySelector("textarea").value.split("\n").filter(line => line.trim()).length;
  const start = Number(list.dataset.first);
  const full = Number(list.dataset.full);
  const each = Math.min(full, (Number(list.dataset.wrap) - start) / (moving.length + pasted || 1));
  moving.forEach((row, place) => timeIn(row, start + each * place));
  timeIn(fresh, pasted ? start + each * moving.length : null);
}

// Whoever leaves what is not saved is asked first; browsers do so in words of their own.
function ask(event) {
  event.preventDefault();
  event.returnValue = true;
}

function unsaved(words = "") {
  addEventListener("beforeunload", ask);
  const said = form.querySelector(".unsaved");
  said.textContent = `${words} ${said.dataset.unsaved}`.trim();
}

function move(row, by) {
  const moving = rows();
  const there = moving.indexOf(row) + by;
  if (there < 0 || there >= moving.length) return;
  if (by < 0) moving[there].before(row);
  else moving[there].after(row);
  layOut();
  unsaved(list.dataset.moved.replace("{number}", there + 1).replace("{all}", moving.length));
  row.scrollIntoView({block: "nearest"});
}

function onPress(event) {
  const button = event.target.closest("button[data-move]");
  if (!button) return;
  event.preventDefault();
  const row = button.closest("[data-movable]");
  move(row, Number(button.dataset.move));
  const next = button.disabled ? row.querySelector("button[data-move]:not(:disabled)") : button;
  next?.focus();
}

function onKey(event) {
  const by = {ArrowUp: -1, ArrowDown: 1}[event.key];
  const row = event.target.closest?.("[data-movable]");
  if (!by || !event.altKey || !row) return;
  event.preventDefault();
  const at = event.target;
  move(row, by);
  at.focus();
}

if (list) {
  rows().forEach(row => { row.dataset.number = row.id.slice(1); });
  turns = rows().map(row => [...row.querySelector(".at").childNodes]);
  form.querySelectorAll(".scripted").forEach(one => { one.hidden = rows().length < 2; });
  form.addEventListener("click", onPress);
  form.addEventListener("keydown", onKey);
  form.addEventListener("submit", () => removeEventListener("beforeunload", ask));
  form.addEventListener("input", () => { layOut(); unsaved(); });
}
