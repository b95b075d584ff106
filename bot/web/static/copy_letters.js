// What counts as the same word in the search of an exported archive; its index is written in the same way.
"use strict";
const copyLetters = (() => {
  const asked = document.getElementById("said").dataset;

  // In the words of a page these two signs are escaped.
  const plain = (escaped) => escaped.replaceAll("&lt;", "<").replaceAll("&gt;", ">");

  // The words of a page, with the spaces behind them; some languages stand without spaces.
  function wordsOf(data) {
    const text = data.raw_content;
    return text.includes("\u200B") ? text.split("\u200B") : text.split(/\s+/).map((word) => `${word} `);
  }

  // Letters that count as the same are written in one way, as in the index.
  const written = JSON.parse(asked.alike);
  const plainly = (text) => Array.from(text.normalize("NFC"), (sign) => written[sign] ?? sign).join("");

  // There each sign of such a language is a word of its own: its number in runes, for which nobody looks.
  const unspaced = new RegExp(`[${JSON.parse(asked.unspaced)}]+`, "gu");
  const rune = (digit) => String.fromCodePoint(0x16a0 + parseInt(digit, 16));
  const name = (sign) => Array.from(sign.codePointAt(0).toString(16), rune).join("");
  const named = (run) => ` ${Array.from(run, name).join(" ")} `;

  // Pagefind tells only the first place where words stand side by side.
  function placesOf(run, words) {
    const signs = Array.from(run);
    const begins = (place) => signs.every((sign, after) => words[place + after]?.startsWith(sign));
    return [...words.keys()].filter(begins).flatMap((place) => signs.map((_, after) => place + after));
  }

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

  return { letters, means, named, placesOf, plain, plainly, unspaced, wordsOf };
})();
