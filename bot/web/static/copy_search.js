// Answers the search of an exported archive: finds chats, and in each the answers that hold the words.
"use strict";
{
  const AT_ONCE = 10, MOST_OF_ONE = 3, LONGEST = 40, BEFORE = 10;
  const [field, said, list, more] = ["q", "said", "found", "more"].map((id) => document.getElementById(id));
  const top = new URL("../", location.href.split(/[?#]/)[0]);
  const chats = new Map(); // the list's items by chat: a long one is several pages
  let waiting = [];
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

  // In the words of a page these two signs are escaped.
  const plain = (escaped) => escaped.replaceAll("&lt;", "<").replaceAll("&gt;", ">");

  // The words around the first of some places, not beyond the answer or question in which they stand.
  function excerpt(words, between, places, from, to) {
    const start = Math.max(from, Math.min(places[0] - BEFORE, to - LONGEST));
    const end = Math.min(to, start + LONGEST);
    const text = made("p", start > from ? "… " : "");
    text.dir = "auto";
    for (let place = start; place < end; place += 1) {
      const word = plain(words[place]);
      text.append(places.includes(place) ? made("mark", word) : word, between);
    }
    text.append(end < to ? "…" : "");
    return text;
  }

  // The words of a page; some languages stand without spaces.
  function wordsOf(data) {
    const joined = data.raw_content.includes("\u200B");
    return { joined, words: data.raw_content.split(joined ? "\u200B" : /\s+/) };
  }

  // Letters that count as the same are written in one way, as in the index.
  const written = JSON.parse(said.dataset.alike);
  const plainly = (text) => Array.from(text.normalize("NFC"), (sign) => written[sign] ?? sign).join("");

  const letters = (text) =>
    plainly(plain(text)).normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

  // Whether a word begins as asked for, or is another form of it: "apps" is one of "app", "the" none of "theory".
  function alike(word, asked) {
    let same = 0;
    while (same < asked.length && word[same] === asked[same]) same += 1;
    const rest = asked.length - same;
    return !rest || (same > 2 && rest < Math.min(same, 4) && word.length - same < 4);
  }

  const single = (word) => word.replace(/ies$/, "y");
  const means = (word, asked) => alike(word, asked) || alike(single(word), single(asked));

  // Where pagefind knows no "theory" it takes "the", in all chats: those found first tell.
  async function stands(asked) {
    const wanted = letters(asked), { results } = await pagefind.search(asked);
    const best = await Promise.all(results.slice(0, 3).map((one) => one.data()));
    if (best.some((data) => wordsOf(data).joined)) return true; // nobody but pagefind knows where words end
    const there = best.flatMap((data) => {
      const { words } = wordsOf(data);
      return [...Object.values(data.meta), ...data.locations.map((place) => words[place])];
    });
    const meant = (word) => wanted.some((one) => means(word, one));
    return !wanted.length || there.flatMap((text) => letters(text)).some(meant);
  }

  // What was found on a page: answer by answer, question by question.
  function hits(data) {
    const { joined, words } = wordsOf(data);
    const parts = data.anchors.filter((one) => /^(a-|q\d+$)/.test(one.id));
    parts.unshift({ id: "", location: 0 });
    const found = new Map();
    for (const place of [...data.locations].sort((one, other) => one - other)) {
      const part = parts.findLastIndex((one) => one.location <= place);
      found.set(part, [...(found.get(part) ?? []), place]);
    }
    const fullest = [...found].sort((one, other) => other[1].length - one[1].length);
    return fullest.map(([part, places]) => ({
      id: parts[part].id,
      text: excerpt(words, joined ? "" : " ", places, parts[part].location, parts[part + 1]?.location ?? words.length),
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

  async function search(words) {
    field.value = words;
    const say = said.dataset;
    try {
      await pagefind.options({ basePath: new URL("pagefind/", top).href, noWorker: true });
      await pagefind.filters(); // or nothing is told of chats
      const wanted = plainly(words).trim();
      let all = wanted !== "";
      for (const one of wanted.startsWith('"') ? [] : wanted.split(/\s+/)) all = all && await stands(one);
      const found = all ? await pagefind.search(wanted) : { results: [], filters: {} };
      waiting = found.results;
      const count = Object.values(found.filters.chat ?? {}).filter(Boolean).length;
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
