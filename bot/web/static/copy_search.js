// Answers the search of an exported archive: finds chats, and in each the answer that holds the word.
"use strict";
{
  const AT_ONCE = 10;
  const [field, said, list, more] = ["q", "said", "found", "more"].map((id) => document.getElementById(id));
  const top = new URL("../", location.href.split(/[?#]/)[0]);
  let waiting = [];
  said.textContent = ""; // what stands there is for those without scripts

  // The answer or question in which a word stands: the last one that begins before it.
  const anchorAt = (data, place) =>
    data.anchors.filter((one) => /^(a-|q\d+$)/.test(one.id) && one.location <= place).at(-1)?.id;

  // In an excerpt these two signs are escaped; only the marks around what was found are elements.
  const plain = (escaped) => escaped.replaceAll("&lt;", "<").replaceAll("&gt;", ">");

  function marked(excerpt) {
    const text = document.createElement("p");
    text.dir = "auto";
    excerpt.split(/<\/?mark>/).forEach((piece, index) => {
      const mark = document.createElement("mark");
      mark.textContent = plain(piece);
      text.append(index % 2 ? mark : mark.textContent);
    });
    return text;
  }

  function shown(data) {
    const [item, head, link] = ["li", "h2", "a"].map((tag) => document.createElement(tag));
    const anchor = data.locations.map((place) => anchorAt(data, place)).find(Boolean);
    link.href = new URL(data.raw_url.replace(/^\//, ""), top).href + (anchor ? `#${anchor}` : "");
    link.textContent = data.meta.title;
    link.dir = "auto";
    head.append(link);
    item.append(head, marked(data.excerpt));
    return item;
  }

  async function showSome() {
    const some = await Promise.all(waiting.splice(0, AT_ONCE).map((one) => one.data()));
    list.append(...some.map(shown));
    more.hidden = !waiting.length;
  }

  async function search(words) {
    field.value = words;
    const say = said.dataset;
    try {
      await pagefind.options({ basePath: new URL("pagefind/", top).href, noWorker: true });
      waiting = (await pagefind.search(words)).results;
      const many = say.many.replace("{count}", String(waiting.length));
      said.textContent = [say.none, say.one][waiting.length] ?? many;
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
