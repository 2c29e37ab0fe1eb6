/* Polish only: every page works without it. One file, no framework, everything by delegation. */
(() => {
  "use strict";
  const doc = document, all = (selector, root) => [...(root || doc).querySelectorAll(selector)];
  doc.documentElement.classList.add("js");
  const sent = new WeakSet(), timers = new WeakMap(), seen = new WeakMap(), busy = new WeakMap();
  /* What a person typed: not the keys that change by themselves, not files. */
  const text = (form) => {
    const typed = new URLSearchParams();
    new FormData(form).forEach((value, name) => { if (typeof value === "string" && !/^(csrfmiddlewaretoken|version|submission_key)$/.test(name)) typed.append(name, value); });
    return typed.toString();
  };

  /* --- Drafts: saved 3 s after the last key, and when the page goes away ------------------------------------ */
  const sign = (form, words, failed) => {
    const place = form.querySelector(".saved");
    if (place) { place.textContent = words || ""; place.classList.toggle("failed", !!failed); }
  };
  const save = async (form, leaving) => {
    clearTimeout(timers.get(form));
    const now = text(form);
    if (sent.has(form) || now === seen.get(form) || now === busy.get(form)) return;
    if (busy.has(form) && !leaving) { later(form); return; }
    busy.set(form, now);
    try {
      const body = new URLSearchParams(), alike = form.querySelector("[data-similar]");
      new FormData(form).forEach((value, name) => { if (typeof value === "string") body.append(name, value); });
      const reply = await fetch(form.dataset.autosave || form.action, {
        method: "POST", body, keepalive: !!leaving && now.length < 60000,
        headers: { "X-Autosave": "1", "X-Similar": alike ? alike.dataset.similar : "", Accept: "application/json" }, credentials: "same-origin",
      });
      const answer = await reply.json();
      if (answer.csrf) all("[name=csrfmiddlewaretoken]").forEach((field) => { field.value = answer.csrf; });
      if (reply.status === 409 && answer.conflict_url) {
        /* Both texts are kept. Nobody is moved while typing: only once all that stands here has been sent. */
        sign(form, form.dataset.clash || form.dataset.failed, true);
        if (text(form) === now) { seen.set(form, now); location.assign(answer.conflict_url); }
        else { seen.delete(form); later(form); }
        return;
      }
      if (!reply.ok) throw reply.status;
      seen.set(form, now);
      if (answer.version !== undefined && form.elements.version) form.elements.version.value = answer.version;
      if (text(form) !== now) later(form);
      /* Below the fields, so nothing moves that is being typed; what somebody has opened or stands in stays. */
      if (alike && answer.similar !== undefined && !alike.querySelector("[open]") && !alike.contains(doc.activeElement)) {
        alike.innerHTML = answer.similar;
        alike.dataset.similar = answer.similar_key;
      }
      sign(form, (form.dataset.saved || "%s").replace("%s", answer.saved_at || ""));
    } catch (error) {
      sign(form, (error === 401 && form.dataset.out) || form.dataset.failed, true);
      timers.set(form, setTimeout(save, 15000, form));
    } finally { busy.delete(form); }
  };
  const later = (form) => { clearTimeout(timers.get(form)); timers.set(form, setTimeout(save, 3000, form)); };
  const saveAll = () => all("form[data-autosave]").forEach((form) => save(form, true));

  /* --- Counters ---------------------------------------------------------------------------------------------- */
  const count = (field) => {
    const place = field.id && doc.querySelector(`[data-counts="${CSS.escape(field.id)}"]`);
    if (!place) return;
    const most = +place.dataset.maximum, length = field.value.length;
    place.textContent = `${length} / ${most}`;
    place.classList.toggle("over", length >= most);
  };

  /* A file that would be refused is not sent first: over a slow line that takes minutes. */
  const isTooLarge = (field) => {
    if (!field.files || !field.dataset.largest) return false;
    const large = [...field.files].some((file) => file.size > +field.dataset.largest);
    const said = field.parentNode.querySelector("[role=alert]");
    if (said) said.remove();
    if (large) {
      const words = doc.createElement("p");
      words.className = "errorlist"; words.setAttribute("role", "alert"); words.textContent = field.dataset.tooLarge;
      field.before(words);
    }
    field.setAttribute("aria-invalid", large);
    return large;
  };

  /* --- Once the page is there -------------------------------------------------------------------------------- */
  const start = () => {
    all("form[data-autosave], form[data-keep]").forEach((form) => seen.set(form, text(form)));
    all("textarea, input[maxlength]").forEach(count);
    const errors = doc.querySelector("[data-focus]");
    if (errors) errors.focus();
  };
  doc.readyState === "loading" ? doc.addEventListener("DOMContentLoaded", start) : start();

  doc.addEventListener("input", (event) => {
    const form = event.target.form;
    count(event.target);
    isTooLarge(event.target);
    if (form && "autosave" in form.dataset) later(form);
  });
  doc.addEventListener("visibilitychange", () => { if (doc.visibilityState === "hidden") saveAll(); });
  addEventListener("pagehide", saveAll);
  addEventListener("online", () => all("form[data-autosave]").forEach((form) => save(form)));
  addEventListener("pageshow", (event) => { if (event.persisted) all("form").forEach((form) => { sent.delete(form); all("[aria-disabled]", form).forEach((b) => b.removeAttribute("aria-disabled")); }); });

  doc.addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter;
    const question = (button && button.dataset.confirm) || form.dataset.confirm;
    if (question && !form.confirmed && window.HTMLDialogElement) { event.preventDefault(); ask(form, button, question); return; }
    if (form.method === "dialog" || form.target) return;
    if (sent.has(form)) { event.preventDefault(); return; }
    if ([...form.elements].filter(isTooLarge).length) { event.preventDefault(); return; }
    if (form.method === "post" && !form.matches("[hx-post]")) {
      sent.add(form);
      clearTimeout(timers.get(form));
      setTimeout(() => all("button[type=submit]", form).forEach((b) => b.setAttribute("aria-disabled", "true")));
      setTimeout(() => { sent.delete(form); all("[aria-disabled]", form).forEach((b) => b.removeAttribute("aria-disabled")); }, 20000);
    }
  });

  /* A live part of the page may have put a new form in the place of the one that asked. */
  const confirmed = (asking, button) => {
    const form = asking.isConnected ? asking : [...doc.forms].find((other) => other.action === asking.action);
    if (!form) return;
    form.confirmed = true;
    form.requestSubmit(button && form.contains(button) ? button : undefined);
    form.confirmed = false;
  };

  /* data-confirm: a question in the page's own words; data-yes and data-no are on the form or the button. */
  const ask = (form, button, question) => {
    const words = { ...form.dataset, ...(button ? button.dataset : {}) };
    const dialog = doc.createElement("dialog"), line = doc.createElement("p"), row = doc.createElement("div");
    line.textContent = question;
    row.className = "actions";
    [[words.yes || (button && button.textContent) || "✓", "button"], [words.no || "✕", "button secondary"]].forEach(([label, look], index) => {
      const choice = doc.createElement("button");
      choice.type = "button"; choice.className = look; choice.textContent = label.trim();
      choice.addEventListener("click", () => { dialog.close(); if (!index) confirmed(form, button); });
      row.append(choice);
    });
    dialog.append(line, row);
    dialog.addEventListener("close", () => { dialog.remove(); if (button) button.focus(); });
    doc.body.append(dialog);
    dialog.showModal();
  };

  /* --- Leaving fast: a blank page at once, the session ended, no way back; also by Shift three times ---------- */
  const leave = (exit) => {
    doc.body.hidden = true;
    fetch(exit.form.action, { method: "POST", keepalive: true }).catch(() => {});
    location.replace(exit.dataset.exit);
  };
  let presses = [];
  doc.addEventListener("keydown", (event) => { if (event.key !== "Shift") presses = []; });
  doc.addEventListener("keyup", (event) => {
    const exit = doc.querySelector("[data-exit]");
    if (!exit || event.key !== "Shift") return;
    presses = [...presses.filter((time) => event.timeStamp - time < 3000), event.timeStamp];
    if (presses.length > 2) leave(exit);
  });

  doc.addEventListener("click", (event) => {
    const exit = event.target.closest("[data-exit]"), link = event.target.closest("a");
    if (exit) { event.preventDefault(); leave(exit); return; }
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.closest(".languages")) {
      const form = doc.querySelector("form[data-keep]");
      if (!form || text(form) === seen.get(form)) return;
      event.preventDefault();
      const field = doc.createElement("input");
      field.type = "hidden"; field.name = "switch_language"; field.value = link.hreflang;
      form.append(field);
      sent.add(form);
      form.submit();
    }
  });
})();
