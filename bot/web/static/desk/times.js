// Beside a time on the weekly chat's own clock stands the reader's, where that is another one.
"use strict";
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const language = document.documentElement.lang;
const clock = {hour: language === "en" ? "numeric" : "2-digit", minute: "2-digit"};
const own = new Intl.DateTimeFormat(language, clock);
const dated = new Intl.DateTimeFormat(language, {weekday: "short", ...clock});

// As the page writes a time: in English by us, since browsers say "PM".
function words(format, at) {
  return format.format(at).replace(/\s[AP]M$/, half => ` ${half.trim().toLowerCase()}`);
}

function offsetHere(at) {
  return -at.getTimezoneOffset();
}

function offsetThere(said) {
  const found = /([+-])(\d\d):(\d\d)$/.exec(said);
  return found ? (found[1] === "-" ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3])) : 0;
}

export function showOwn(time) {
  const at = new Date(time.dateTime);
  const last = time.nextElementSibling?.matches("time") ? time.nextElementSibling : time; // of a span of hours
  const beside = last.nextElementSibling?.matches(".own") ? last.nextElementSibling : null;
  if (offsetHere(at) === offsetThere(time.dateTime)) {
    beside?.remove();
    return false;
  }
  const here = beside ?? Object.assign(document.createElement("span"), {className: "own"});
  const sameDay = at.getDate() === Number(time.dateTime.slice(8, 10));
  here.textContent = (time.dataset.own || "{time}").replace("{time}", words(sameDay ? own : dated, at));
  here.title = zone;
  if (!beside) last.after(" ", here);
  return true;
}

const shown = [...document.querySelectorAll("time[data-own]")].map(showOwn);
const note = document.querySelector("[data-own-note]");
if (note && shown.includes(true)) note.hidden = false;
