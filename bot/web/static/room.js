// A room that keeps itself up to date. Without this script every form and link works just the same.
"use strict";
(() => {
  const room = document.querySelector("[data-room]");
  if (!room) return;
  const at = room.dataset.room;
  const find = (what, where = document) => where.querySelector(what);
  const every = (what, where = document) => [...where.querySelectorAll(what)];
  const unread = new Map();
  let open = room.dataset.open;
  let last = room.dataset.last;

  const parsed = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    return holder.content;
  };

  const say = (text) => {
    find("[data-line]").textContent = text;
  };

  // --- Tabs -----------------------------------------------------------------------------------

  const seen = (key) => {
    const sheet = find(`[data-sheet="${CSS.escape(key)}"]`);
    return sheet !== null && sheet.offsetParent !== null;
  };

  const markTabs = () => {
    for (const tab of every("[data-tab]")) {
      const key = tab.dataset.tab;
      if (key === open) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
      if (seen(key)) unread.delete(key);
      const badge = find(".n", tab);
      badge.hidden = !unread.has(key);
      badge.textContent = unread.has(key) ? ` ${unread.get(key)} new` : "";
    }
  };

  const showTab = () => {
    const tab = find(`[data-tab="${CSS.escape(open)}"]`);
    const list = tab?.closest("ul");
    if (list) list.scrollLeft += tab.getBoundingClientRect().left - list.getBoundingClientRect().left - 48;
  };

  const turnTo = (key) => {
    open = key;
    for (const sheet of every("[data-sheet]")) sheet.classList.toggle("open", sheet.dataset.sheet === key);
    history.replaceState(null, "", `${at}?thread=${key}`);
    markTabs();
    showTab();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-tab], [data-answer]");
    const key = link?.dataset.tab || link?.dataset.answer;
    if (!key || event.ctrlKey || event.metaKey || !find(`[data-sheet="${CSS.escape(key)}"]`)) return;
    event.preventDefault();
    turnTo(key);
    if (link.dataset.answer) document.getElementById(`w-${key}`)?.focus();
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-away]")) return;
    event.preventDefault();
    find("[data-only]").replaceChildren();
  });

  // A link to something said shows it where it stands already; else it loads the page on which it does.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".to a, .said-in");
    if (!link || event.ctrlKey || event.metaKey) return;
    const id = link.hash.slice(1);
    const there = [id, id.replace("m", "q")].map((one) => document.getElementById(one)).filter(Boolean);
    const shown = there.find((one) => one.offsetParent !== null) || there[0];
    if (!shown) return;
    event.preventDefault();
    const key = shown.closest("[data-sheet]").dataset.sheet;
    if (!seen(key)) turnTo(key);
    location.replace(`#${shown.id}`);
    shown.scrollIntoView({ block: "center" });
  });

  // Lists that drop down close when one turns elsewhere.
  document.addEventListener("click", (event) => {
    for (const drop of every("details.drop[open]")) if (!drop.contains(event.target)) drop.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const drop of every("details.drop[open]")) {
      drop.open = false;
      find("summary", drop).focus();
    }
  });

  // --- What arrives ---------------------------------------------------------------------------

  // Puts something new in the place of something old, and leaves open and focused what was.
  const replace = (old, fresh) => {
    const held = old.contains(document.activeElement) ? document.activeElement : null;
    const opened = every("details", old).map((one) => one.open);
    old.replaceWith(fresh);
    every("details", fresh).forEach((one, index) => {
      if (opened[index] !== undefined) one.open = opened[index];
    });
    if (!held) return;
    const like = every("a, button, summary", fresh).find((one) => one.textContent === held.textContent);
    (like || find("a, button, summary", fresh))?.focus({ preventScroll: true });
  };

  // Comments of a question's sheet stand below their answer; in the conversation everything stands in turn.
  const rank = (list, one) => {
    const number = Number(one.dataset.m);
    return [(list.dataset.list !== "room" && Number(one.dataset.under)) || number, number];
  };

  const inTurn = (list, item) => {
    const [head, number] = rank(list, item);
    const before = (one) => {
      const [its, own] = rank(list, one);
      return its < head || (its === head && own < number);
    };
    const after = [...list.children].reverse().find((one) => one !== item && before(one));
    if (after) after.after(item);
    else list.prepend(item);
  };

  // A message as it stands on one sheet: nothing is called the same twice on a page.
  const dressed = (item, key) => {
    const copy = item.cloneNode(true);
    copy.id = `${key !== "room" && item.dataset.home === "room" ? "q" : "m"}${item.dataset.m}`;
    const turned = (link) => link.getAttribute("href").replace(/thread=[^&#]*/, `thread=${key}`);
    for (const link of every("[data-stay]", copy)) link.setAttribute("href", turned(link));
    for (const link of every("[data-here]", copy)) link.setAttribute("href", `${at}?thread=${key}#${copy.id}`);
    return copy;
  };

  const lacks = (list, item) => {
    const { since, old } = list.dataset;
    return old === undefined && (since === undefined || Number(item.dataset.m) >= Number(since));
  };

  // Takes something away; who was at it stays in the same sheet.
  const takeOut = (one) => {
    const log = one.contains(document.activeElement) ? one.closest(".log") : null;
    one.remove();
    log?.focus({ preventScroll: true });
  };

  const putIn = (list, item, fresh) => {
    const key = list.dataset.list;
    const old = find(`[data-m="${item.dataset.m}"]`, list);
    if (!item.dataset.sheets.split(" ").includes(key)) {
      if (old) takeOut(old);
    } else if (old || fresh || lacks(list, item)) {
      const copy = dressed(item, key);
      if (old) replace(old, copy);
      if (!old || old.dataset.under !== copy.dataset.under) inTurn(list, copy);
    }
    empty(list);
    return old !== null;
  };

  const empty = (list) => {
    const none = find(".none", list.parentElement);
    if (none) none.hidden = list.children.length > 0;
  };

  const put = (item, fresh = true) => {
    if (item.dataset.thread === "only") return only(item);
    const known = every("[data-list]").map((list) => putIn(list, item, fresh));
    const keys = item.dataset.sheets.split(" ");
    if (!fresh || known.includes(true) || item.classList.contains("own") || keys.some(seen)) return;
    for (const key of keys) unread.set(key, (unread.get(key) || 0) + 1);
    markTabs();
  };

  const drop = (number) => {
    for (const one of every(`[data-m="${CSS.escape(number)}"]`)) {
      const list = one.parentElement;
      takeOut(one);
      empty(list);
    }
  };

  // A long answer comes in parts, which stand together; any other one takes their place.
  const only = (item) => {
    const place = find("[data-only]");
    const { reply, m } = item.dataset;
    for (const one of [...place.children]) {
      if (!reply || one.dataset.reply !== reply || one.dataset.m === m) one.remove();
    }
    const before = [...place.children].reverse().find((one) => Number(one.dataset.m) < Number(m));
    if (before) before.after(item);
    else place.prepend(item);
  };

  const putAll = (html, fresh = true) => {
    for (const item of [...parsed(html).children]) put(item, fresh);
  };

  // A sheet goes with its tab, as when a rehearsal is over; one in which somebody writes waits.
  const leaveBehind = () => {
    for (const sheet of every("[data-sheet]")) {
      const key = sheet.dataset.sheet;
      const busy = find("textarea", sheet)?.value || sheet.contains(document.activeElement);
      if (busy || find(`[data-tab="${CSS.escape(key)}"]`)) continue;
      sheet.remove();
      if (key === open) turnTo("room");
    }
  };

  const renew = (html) => {
    const before = find("#bar .where b")?.textContent;
    for (const part of [...parsed(html).children]) {
      const old = find(`[data-part="${part.dataset.part}"]`);
      if (old) replace(old, part);
    }
    leaveBehind();
    markTabs();
    showTab();
    count();
    const now = find("#bar .where b")?.textContent;
    if (now && now !== before) say(`${now}: ${find("#bar h1").textContent}`);
  };

  const listen = () => {
    const source = new EventSource(`${at}events?after=${last}`);
    const on = (name, act) =>
      source.addEventListener(name, (event) => {
        if (event.lastEventId) last = event.lastEventId;
        act(event.data);
      });
    on("said", (html) => putAll(html));
    on("edited", (html) => putAll(html, false));
    on("deleted", drop);
    on("state", renew);
    on("reload", () => location.reload());
    on("bye", () => {
      source.close();
      say("You are signed out here. Load the page again to come back.");
    });
    source.onopen = () => find("[data-line]").classList.remove("lost");
    source.onerror = () => {
      find("[data-line]").classList.add("lost");
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 5000);
    };
  };

  // --- The time that is left, by the bot's own clock ------------------------------------------

  const met = new WeakMap();

  const words = (seconds) => {
    if (seconds <= 0) return "time is up";
    const minutes = Math.floor(seconds / 60);
    return `${minutes}:${String(Math.floor(seconds % 60)).padStart(2, "0")} left`;
  };

  const count = () => {
    for (const one of every("[data-due]")) {
      if (!met.has(one)) met.set(one, Date.now());
      const { due, now, rate } = one.dataset;
      const passed = (Date.now() - met.get(one)) * Number(rate);
      const seconds = (Date.parse(due) - Date.parse(now) - passed) / 1000;
      if (seconds < 7200) one.textContent = words(seconds);
    }
  };

  // --- Unsent words stay on this device -------------------------------------------------------

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

  const fetchKept = (form) => {
    try {
      const kept = JSON.parse(localStorage.getItem(shelf(form)));
      if (!kept || (form.elements.text.value && form.elements.text.value !== kept.text)) return;
      form.elements.text.value = kept.text;
      form.elements.once.value = kept.once;
    } catch {
      // The same.
    }
  };

  const sent = (form) => {
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

  document.addEventListener("keydown", (event) => {
    const form = event.target.form;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form?.dataset.keep) form.requestSubmit();
  });

  // --- Sending --------------------------------------------------------------------------------

  const note = (text) => {
    const item = document.createElement("div");
    const line = document.createElement("p");
    item.className = "note warn";
    line.textContent = text;
    item.append(line);
    only(item);
  };

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

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".about a");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    leave(link.href);
  });

  const settle = async (form, pressed, answer) => {
    if (answer.status === 429) {
      const seconds = answer.headers.get("Retry-After");
      return note(`That was a lot at once. Your words are kept; send them again in ${seconds} s.`);
    }
    const told = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : null;
    if (!told) return plainly(form, pressed);
    if (told.refused) return note(told.refused);
    sent(form);
    const { edit, reply, thread } = form.elements;
    if (edit || reply) return leave(`${at}?thread=${thread.value}#m${told.said}`);
    if (told.go) location.assign(told.go);
    if (told.html) putAll(told.html);
  };

  const underWay = new Set();

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
      note("That was not sent: there is no connection. Your words are kept; try again in a moment.");
    } finally {
      underWay.delete(meant);
    }
  };

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-send]")) return;
    event.preventDefault();
    send(event.target, event.submitter);
  });

  every("[data-keep]").forEach(fetchKept);
  if (location.hash === "#write") find("#write textarea")?.focus();
  if (window.EventSource) listen();
  markTabs();
  showTab();
  count();
  setInterval(count, 1000);
})();
