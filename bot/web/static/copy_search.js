// Answers the search of an exported archive: finds chats, and in each the answers that hold the words.
"use strict";
{
  const AT_ONCE = 10, MOST_OF_ONE = 3, LONGEST = 40, BEFORE = 10;
  const [field, said, list, more] = ["q", "said", "found", "more"].map((id) => document.getElementById(id));
  const top = new URL("../", location.href.split(/[?#]/)[0]);
  const chats = new Map(); // the list's items by chat: a long one is several pages
  const { letters, means, named, placesOf, plain, plainly, unspaced, wordsOf } = copyLetters;
  let waiting = [], runs = []; // the pages that were found, and what is asked for in signs without spaces
  said.textContent = ""; // what stands there is for those without scripts

  const made = (tag, ...inside) => {
    const element = document.createElement(tag);
    element.append(...inside);
    return element;
  };

  const leading = (text, data, id) => {
    const link = made("a", text);
    link.href = new URL(data.raw_url.replace(/^\//, ""), top).href + (id ? `#${id}` : "");
    return link;
  };

  // The words around the first of some places, not beyond the answer or question in which they stand.
  function excerpt(words, places, from, to) {
    const start = Math.max(from, Math.min(places[0] - BEFORE, to - LONGEST));
    const end = Math.min(to, start + LONGEST);
    const text = made("p", start > from ? "… " : "");
    text.dir = "auto";
    let mark = null; // what stands side by side without a space is one
    for (let place = start; place < end; place += 1) {
      const word = plain(words[place]), bare = word.trimEnd();
      if (!places.includes(place)) text.append(bare);
      else if (mark) mark.append(bare);
      else text.append((mark = made("mark", bare)));
      text.append(word.slice(bare.length));
      if (bare !== word || !places.includes(place)) mark = null;
    }
    text.append(end < to ? "…" : "");
    return text;
  }

  // Where pagefind knows no "theory" it takes "the", in all chats: those found first tell.
  async function stands(asked) {
    const wanted = letters(asked), { results } = await pagefind.search(asked);
    const best = await Promise.all(results.slice(0, 3).map((one) => one.data()));
    const there = best.flatMap((data) => {
      const words = wordsOf(data);
      return [...Object.values(data.meta), ...data.locations.map((place) => words[place])];
    });
    const meant = (word) => wanted.some((one) => means(word, one));
    return !wanted.length || there.flatMap((text) => letters(text)).some(meant);
  }

  // What was found on a page: answer by answer, question by question.
  function hits(data) {
    const words = wordsOf(data);
    const places = new Set([...data.locations, ...runs.flatMap((run) => placesOf(run, words))]);
    const parts = data.anchors.filter((one) => /^(a-|q\d+$)/.test(one.id));
    parts.unshift({ id: "", location: 0 });
    const found = new Map();
    for (const place of [...places].sort((one, other) => one - other)) {
      const part = parts.findLastIndex((one) => one.location <= place);
      found.set(part, [...(found.get(part) ?? []), place]);
    }
    const fullest = [...found].sort((one, other) => other[1].length - one[1].length);
    return fullest.map(([part, places]) => ({
      id: parts[part].id,
      text: excerpt(words, places, parts[part].location, parts[part + 1]?.location ?? words.length),
    }));
  }

  function chatOf(data, id) {
    const key = data.filters.chat?.[0] ?? data.raw_url;
    if (!chats.has(key)) {
      const title = leading(data.meta.title, data, id);
      title.dir = "auto";
      const when = made("p", [data.meta.series, data.meta.when].filter(Boolean).join(", "));
      when.className = "note";
      chats.set(key, made("ul"));
      list.append(made("li", made("h2", title), when, chats.get(key)));
    }
    return chats.get(key);
  }

  function show(data) {
    const found = hits(data);
    const chat = chatOf(data, found[0]?.id);
    for (const one of found.slice(0, MOST_OF_ONE - chat.children.length)) {
      const way = one.id ? made("p", leading(said.dataset.there, data, one.id)) : "";
      chat.append(made("li", one.text, way));
    }
  }

  async function showSome() {
    const some = await Promise.all(waiting.splice(0, AT_ONCE).map((one) => one.data()));
    some.forEach(show);
    more.hidden = !waiting.length;
  }

  // The pages on which all of it stands, and in how many chats.
  async function pagesWith(each) {
    const [first, ...others] = await Promise.all(each.map((one) => pagefind.search(one)));
    const chats = Object.values(first.filters.chat ?? {}).filter(Boolean);
    if (!others.length) return { results: first.results, count: chats.length };
    const there = others.map(({ results }) => new Set(results.map((one) => one.id)));
    const results = first.results.filter((one) => there.every((ids) => ids.has(one.id)));
    const pages = await Promise.all(results.map((one) => one.data()));
    return { results, count: new Set(pages.map((data) => data.filters.chat?.[0] ?? data.raw_url)).size };
  }

  // What pagefind is asked for one by one: words, and each run of signs as they stand side by side.
  async function asking(wanted) {
    runs = (wanted.match(unspaced) ?? []).filter((run) => /[\p{L}\p{N}]/u.test(run));
    const phrase = runs.length ? /^"[^"]+"$/.test(wanted) : wanted.startsWith('"');
    if (phrase) return [wanted.replace(unspaced, named)];
    const words = wanted.replace(unspaced, " ").trim();
    for (const one of words.split(/\s+/)) if (!(await stands(one))) return [];
    const rest = runs.length && !letters(words).length ? [] : [words];
    return [...rest, ...runs.map((run) => `"${named(run)}"`)];
  }

  async function search(words) {
    field.value = words;
    const say = said.dataset;
    try {
      await pagefind.options({ basePath: new URL("pagefind/", top).href, noWorker: true });
      await pagefind.filters(); // or nothing is told of chats
      const wanted = plainly(words).trim();
      const each = wanted ? await asking(wanted) : [];
      const { results, count } = each.length ? await pagesWith(each) : { results: [], count: 0 };
      waiting = results;
      said.textContent = [say.none, say.one][count] ?? say.many.replace("{count}", String(count));
      await showSome();
    } catch (fault) {
      said.textContent = say.broken;
      console.error(fault);
    }
  }

  more.addEventListener("click", showSome);
  const asked = new URLSearchParams(location.search).get("q")?.trim();
  if (asked) search(asked);
}
