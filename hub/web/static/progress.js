// A page about something that moves by itself: whenever it has moved on, what the page shows of it is put in its place.
"use strict";

(() => {
  const AGAIN_MS = 10000;
  const LONGEST_MS = 3600000;
  const began = Date.now();

  const PARTS = ["#headline", "#progress", "main > .actions"];

  // Only what has changed is put in place, so that focus, scroll place and all else stay; the headline is read out.
  const renew = async () => {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok || !page.querySelector(PARTS[0])) return location.reload();
    const focused = document.activeElement;
    for (const part of PARTS) {
      const [now, then] = [page.querySelector(part), document.querySelector(part)];
      if (now.innerHTML !== then.innerHTML) then.replaceChildren(...now.childNodes);
    }
    if (focused.isConnected) return;
    const same = [...document.links].find((link) => link.href === focused.href && link.text === focused.text);
    if (same) same.focus({ preventScroll: true });
  };

  const follow = () => {
    const source = new EventSource(document.getElementById("progress").dataset.follows);
    const stop = () => source.close();
    source.addEventListener("moved", renew);
    source.addEventListener("rest", () => {
      stop();
      renew();
    });
    source.addEventListener("gone", () => {
      stop();
      location.reload();
    });
    source.addEventListener("error", () => {
      if (Date.now() - began > LONGEST_MS) stop();
      else if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), AGAIN_MS);
    });
    addEventListener("pagehide", stop);
  };

  follow();
})();
