/* Parts of a page that renew themselves every five seconds, and clocks that tick by the server's time. Polish only. */
(() => {
  "use strict";
  const doc = document, all = (selector) => [...doc.querySelectorAll(selector)];
  const EVERY = 5000;
  let ahead = 0; /* how far the server's clock is ahead of this one, in milliseconds */
  const setClock = () => { const place = doc.querySelector("[data-now]"); if (place) ahead = Date.parse(place.dataset.now) - Date.now(); };
  const tick = () => {
    const now = Date.now() + ahead;
    all("[data-since], [data-until]").forEach((place) => {
      const seconds = Math.round((place.dataset.since ? now - Date.parse(place.dataset.since) : Date.parse(place.dataset.until) - now) / 1000);
      const size = Math.abs(seconds);
      place.textContent = `${seconds < 0 ? "−" : ""}${Math.floor(size / 60)}:${String(size % 60).padStart(2, "0")}`;
      place.classList.toggle("over", seconds < 0);
      place.classList.toggle("soon", seconds >= 0 && seconds <= (place.dataset.soon || -1));
    });
    all("[data-clock]").forEach((place) => {
      place.textContent = new Intl.DateTimeFormat(place.dataset.clock || [], { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: place.dataset.zone || undefined }).format(now);
    });
  };
  /* Somebody who is choosing or typing in the part is not disturbed. */
  const inUse = (part) => part.contains(doc.activeElement) && doc.activeElement.matches("input:not([type=hidden]), select, textarea");
  const lost = (part, gone) => {
    const sign = doc.querySelector("[data-lost]");
    if (!sign) return;
    if (gone && sign.hidden) sign.textContent = sign.dataset.lost.replace("%s", part.dataset.seen || "");
    sign.hidden = !gone;
  };
  const seenNow = (part) => { part.dataset.seen = new Intl.DateTimeFormat(doc.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false }).format(Date.now() + ahead); };
  const renew = async (part) => {
    try {
      const reply = await fetch(part.dataset.live, { headers: { "If-None-Match": part.dataset.etag }, cache: "no-store", credentials: "same-origin" });
      if (reply.redirected) { location.reload(); return; }
      if (reply.status !== 304 && !reply.ok) throw reply.status;
      lost(part, false);
      seenNow(part);
      if (reply.status !== 200 || inUse(part)) return;
      const fresh = new DOMParser().parseFromString(await reply.text(), "text/html").body.firstElementChild;
      if (!fresh || !fresh.dataset.live) return;
      const held = doc.activeElement && part.contains(doc.activeElement) ? doc.activeElement.id : "";
      part.replaceWith(fresh);
      if (held && doc.getElementById(held)) doc.getElementById(held).focus();
      setClock(); seenNow(fresh); tick();
    } catch (error) { lost(part, true); }
  };
  const start = () => {
    setClock(); tick(); all("[data-live]").forEach(seenNow);
    setInterval(tick, 1000);
    setInterval(() => { if (doc.visibilityState !== "hidden" || doc.body.classList.contains("screen")) all("[data-live]").forEach(renew); }, EVERY);
    doc.body.addEventListener("htmx:afterSwap", () => { setClock(); tick(); });
  };
  doc.readyState === "loading" ? doc.addEventListener("DOMContentLoaded", start) : start();
})();
