// Hands the files of an exported archive's search to the script that asks for them. From a disk browsers let no
// script fetch a file, but they do load scripts: each file is one that gives its bytes back.
"use strict";
{
  const waiting = new Map();
  const folder = new URL("../pagefind/", location.href.split(/[?#]/)[0]).href;
  // Each file calls this with its name and what it holds.
  globalThis.copyHolds = (name, words) => {
    waiting.get(name)(new Response(Uint8Array.from(atob(words), (sign) => sign.charCodeAt(0))));
  };
  globalThis.copyFetch = (address) => new Promise((found, lost) => {
    const name = String(address).split("?")[0].replace(/^.*\/pagefind\//, "");
    const script = document.createElement("script");
    waiting.set(name, found);
    script.src = `${folder}${name}.js`;
    script.onload = () => script.remove();
    script.onerror = lost;
    document.head.append(script);
  });
}
