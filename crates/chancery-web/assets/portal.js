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
  const filter = form.querySelector("[data-filter]");
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/);
    for (const item of form.querySelectorAll(filter.dataset.filter + " li")) {
      const own = item.textContent.toLowerCase();
      item.hidden = !words.every((word) => own.includes(word));
    }
  });
  show();
}
