// What pages can do better with a script; all of them work without.
"use strict";

// Names that fit, while somebody types. Of several values with bars between, the last is completed.
for (const input of document.querySelectorAll("input[data-suggest]")) {
  const list = document.createElement("datalist");
  list.id = input.id + "-list";
  input.after(list);
  input.setAttribute("list", list.id);
  let waiting;
  let asked = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const before = input.value.lastIndexOf("|") + 1;
      const typed = input.value.slice(before).trim();
      if (!typed) return;
      const own = ++asked;
      try {
        const answer = await fetch(input.dataset.suggest + "?q=" + encodeURIComponent(typed));
        if (!answer.ok || own !== asked) return;
        const found = await answer.json();
        list.replaceChildren(...found.map(([key, name]) => {
          const option = document.createElement("option");
          option.value = input.value.slice(0, before) + key;
          option.label = name;
          return option;
        }));
      } catch {
        // Without a connection the key can still be typed.
      }
    }, 150);
  });
}

// Nothing that was typed is lost by leaving the page.
for (const form of document.querySelectorAll("form.stack[method=post]")) {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", (event) => {
    changed = false;
    // A second press of the button sends nothing twice.
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => { delete form.dataset.sent; });
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}

// A report is shown anew when its writer pauses; a figure is put where the pen stands.
for (const form of document.querySelectorAll("form[data-preview]")) {
  const text = form.querySelector("textarea[name=text]");
  const shows = form.querySelector("[formtarget=preview]");
  let waiting;
  let changed = false;
  const show = () => form.requestSubmit(shows);
  text.addEventListener("input", () => {
    changed = true;
    clearTimeout(waiting);
    waiting = setTimeout(show, 1200);
  });
  form.addEventListener("submit", (event) => { if (event.submitter !== shows) changed = false; });
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  for (const button of form.querySelectorAll("[data-insert]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      text.setRangeText(button.dataset.insert, text.selectionStart, text.selectionEnd, "end");
      text.focus();
      text.dispatchEvent(new Event("input"));
    });
  }
  // What is wrong leads to where it is wrong.
  const lead = (page) => {
    for (const item of page?.querySelectorAll("li[data-line]") ?? []) {
      const button = page.createElement("button");
      button.type = "button";
      button.className = "plain";
      button.textContent = item.textContent;
      item.replaceChildren(button);
      button.addEventListener("click", () => {
        const [line, column, length] = ["line", "column", "length"].map((one) => Number(item.dataset[one]));
        const before = text.value.split("\n").slice(0, line - 1);
        // The text counts characters, its field counts in other units.
        const own = [...(text.value.split("\n")[line - 1] ?? "")];
        const from = before.join("\n").length + (line > 1 ? 1 : 0) + own.slice(0, Math.max(column - 1, 0)).join("").length;
        const marked = column ? own.slice(column - 1, column - 1 + length).join("").length : own.join("").length;
        text.focus();
        text.setSelectionRange(from, from + marked);
        text.scrollTop = Math.max(0, text.scrollHeight * ((line - 3) / text.value.split("\n").length));
      });
    }
  };
  lead(document);
  const frame = document.querySelector("iframe[name=preview]");
  frame.addEventListener("load", () => lead(frame.contentDocument));
  const filter = form.querySelector("[data-filter]");
  // What is sought is not sent with the report.
  filter.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/);
    for (const item of form.querySelectorAll(filter.dataset.filter + " li")) {
      const own = item.textContent.toLowerCase();
      item.hidden = !words.every((word) => own.includes(word));
    }
  });
  show();
}

// A device is asked who uses it; what it answers goes with the form. Without such a device nothing is shown.
for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const failed = form.querySelector("[role=alert]");
    failed.hidden = true;
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.dataset.passkey, { method: "POST", body });
      if (!answer.ok) throw new Error(String(answer.status));
      const asked = await answer.json();
      const shown = asked.make
        ? await navigator.credentials.create({
          publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked.make),
        })
        : await navigator.credentials.get({
          publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked.ask),
        });
      form.elements.answer.value = JSON.stringify(shown.toJSON());
      form.elements.token.value = asked.token ?? "";
      form.submit();
    } catch {
      failed.hidden = false;
    }
  });
}

// A day is chosen by sliding; what holds as at that day is put in the place of what held before.
for (const form of document.querySelectorAll("form[data-days]")) {
  const date = form.querySelector("input[type=date]");
  const day = (text) => Math.round(Date.parse(text) / 864e5);
  const text = (day) => new Date(day * 864e5).toISOString().slice(0, 10);
  const slider = document.createElement("input");
  Object.assign(slider, { type: "range", className: "days", min: day(date.min), max: day(date.max) });
  slider.value = day(date.value);
  slider.setAttribute("aria-label", form.querySelector("label").textContent);
  const told = () => slider.setAttribute("aria-valuetext", date.value);
  told();
  form.append(slider);
  let waiting;
  let asked = 0;
  const show = async () => {
    const own = ++asked;
    const address = new URL(location.href);
    address.searchParams.set("at", date.value);
    try {
      const answer = await fetch(address);
      if (own !== asked) return;
      // What is wrong with the day is told on a page of its own, not beside figures of another.
      if (!answer.ok) return location.assign(address);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const [old, fresh] = [document, page].map((one) => one.querySelector("#standing"));
      // The form stays, so that the hand that slides does not lose it.
      for (const part of [...old.children]) if (part !== form && part.tagName !== "H2") part.remove();
      for (const part of [...fresh.children]) if (part.tagName !== "FORM" && part.tagName !== "H2") old.append(part);
      history.replaceState(null, "", address);
    } catch {
      // Without a connection the page stays as it is.
    }
  };
  slider.addEventListener("input", () => {
    date.value = text(slider.value);
    told();
    clearTimeout(waiting);
    waiting = setTimeout(show, 200);
  });
  date.addEventListener("change", () => { if (date.value) { slider.value = day(date.value); told(); show(); } });
}

// Whoever types into a field that others changed too wants what is typed.
for (const choice of document.querySelectorAll("input[name^='_take.'][value='mine']")) {
  for (const input of document.getElementsByName(choice.name.slice(6))) {
    input.addEventListener("input", () => { choice.checked = true; });
  }
}

// A form that was sent after its session had ended is filled in again once somebody has signed in.
const ended = "form that waits";
for (const form of document.querySelectorAll("form[data-keep]")) {
  const place = "form " + location.pathname;
  const kept = sessionStorage.getItem(place);
  if (kept && sessionStorage.getItem(ended)) {
    const filled = JSON.parse(kept);
    // Where somebody chose what others recorded, the form has it already.
    const theirs = new Set(filled.filter(([name, value]) => name.startsWith("_take.") && value === "theirs").map(([name]) => name.slice(6)));
    for (const [name, value] of filled.filter(([name]) => !theirs.has(name))) {
      for (const input of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (["checkbox", "radio"].includes(input.type)) input.checked = input.value === value || input.checked;
        else input.value = value;
      }
    }
  }
  sessionStorage.removeItem(place);
  sessionStorage.removeItem(ended);
  form.addEventListener("submit", () => {
    const values = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !["_form", "_attached", "_draft"].includes(name));
    sessionStorage.setItem(place, JSON.stringify(values));
  });
}
if (document.querySelector("form[action$='/sign-in']")) {
  sessionStorage.setItem(ended, "yes");
} else if (!document.querySelector("form[data-keep]")) {
  // It was recorded, or given up.
  for (const name of Object.keys(sessionStorage)) if (name.startsWith("form ")) sessionStorage.removeItem(name);
}

// What stands behind a figure opens beside the report.
const beside = document.querySelector("aside[data-evidence]");
if (beside) {
  let from;
  let asked = 0;
  const close = () => {
    asked++;
    beside.hidden = true;
    from?.focus();
  };
  const open = async (figure) => {
    const own = ++asked;
    from = figure;
    try {
      const answer = await fetch(figure.href);
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (own !== asked) return;
      beside.lastElementChild.replaceChildren(...page.querySelector("#evidence").childNodes);
      beside.hidden = false;
      beside.scrollTop = 0;
      beside.focus();
      history.replaceState(null, "", "#" + figure.id);
    } catch {
      // The page of the evidence says why.
      if (own === asked) location.assign(figure.href);
    }
  };
  document.addEventListener("click", (event) => {
    const figure = event.target.closest("a.figure");
    if (!figure || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(figure);
  });
  beside.firstElementChild.addEventListener("click", close);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !beside.hidden) close(); });
  const named = /^#r\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
  if (named) open(named);
}
