// What JavaScript adds; every page works without it. Loaded as a module, after the page.

import {
  Button, CharacterCount, ErrorSummary, NotificationBanner, PasswordInput, SkipLink, createAll
} from "govuk-frontend";

// The language of the page's own words stands in data-i18n attributes beside each control.
function enhance(part) {
  for (const component of [Button, CharacterCount, ErrorSummary, NotificationBanner,
    PasswordInput, SkipLink]) {
    createAll(component, undefined, part);
  }
}

enhance(document);
document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  if (elt !== document.body) enhance(elt);
});

const all = (selector) => [...document.querySelectorAll(selector)];

// A page that asked what is new is told that it will learn nothing more.
document.addEventListener("no-more-news", () => {
  all("[data-no-more-news]").forEach((element) => { element.hidden = false; });
});

// Buttons that would do nothing without a script are hidden until there is one.
all("[data-needs-script]").forEach((element) => { element.hidden = false; });

all("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));

all("[data-copy]").forEach((button) => {
  button.addEventListener("click", async () => {
    const words = document.getElementById(button.dataset.copy).textContent.trim();
    await navigator.clipboard.writeText(words);
    button.textContent = button.dataset.done;
  });
});

// "Select all" above a list for work on several cases at once.
all("[data-select-all]").forEach((box) => {
  box.addEventListener("change", () => {
    const boxes = all(`input[type=checkbox][name="${box.dataset.selectAll}"]`);
    boxes.forEach((other) => { other.checked = box.checked; });
  });
});

// A form with files says how far it is. The answer replaces the page, as it would without this.
all("form[data-progress]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    const files = [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
    const bar = form.querySelector("progress");
    if (!files || !bar) return;
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.addEventListener("progress", (step) => {
      if (step.lengthComputable) bar.value = step.loaded / step.total;
    });
    request.addEventListener("load", () => {
      if (request.responseURL !== window.location.href && request.status < 400) {
        window.location.assign(request.responseURL);
        return;
      }
      const answer = new DOMParser().parseFromString(request.responseText, "text/html");
      const main = answer.querySelector("main");
      document.querySelector("main").replaceWith(main);
      enhance(main);
    });
    request.addEventListener("error", () => form.submit());
    bar.closest("[hidden]").hidden = false;
    request.send(new FormData(form, event.submitter));
  });
});

// Officers' keys: j and k through the list, Enter opens, x marks, / searches, ? helps.
const list = document.querySelector("[data-key-list]");
const help = document.getElementById("keys");

function move(step) {
  const links = [...list.querySelectorAll("[data-key-open]")];
  const here = links.indexOf(document.activeElement.closest("[data-key-open]"));
  links[Math.max(0, Math.min(links.length - 1, here + step))]?.focus();
}

function mark() {
  document.activeElement.closest("tr")?.querySelector("input[type=checkbox]")?.click();
}

const keys = {
  j: () => list && move(1),
  k: () => list && move(-1),
  x: () => list && mark(),
  "/": () => document.querySelector("[data-key-search]")?.focus(),
  a: () => document.querySelector("[data-key-actions]")?.focus(),
  "?": () => help?.showModal()
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select, dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
  if (!list && !help) return;
  event.preventDefault();
  keys[event.key]();
});

all("[data-open-keys]").forEach((button) => {
  button.addEventListener("click", () => help?.showModal());
});

// The app: a worker keeps the frame of the pages for when there is no network. Where officers work
// nothing is kept, and what a visitor had before them goes.
const { worker } = document.body.dataset;

async function nothingHere() {
  const registrations = await navigator.serviceWorker.getRegistrations();
  const names = (await caches.keys()).filter((name) => name.startsWith("shell-"));
  await Promise.all([
    ...registrations.map((registration) => registration.unregister()),
    ...names.map((name) => caches.delete(name))
  ]);
}

if ("serviceWorker" in navigator) {
  const done = worker
    ? navigator.serviceWorker.register(worker, { updateViaCache: "none" })
    : nothingHere();
  // Where the browser does not allow it, the pages do without.
  done.catch(() => {});
}

function remembered(name, value) {
  try {
    if (value) localStorage.setItem(name, value);
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

async function tellWorker(what) {
  (await navigator.serviceWorker?.ready)?.active.postMessage(what);
}

if (worker) tellWorker({ language: document.documentElement.lang });

// A complaint that was kept: said on every page, and sent again by the worker.
if (worker && remembered("kept") && !document.querySelector("[data-writing]")) {
  all("[data-kept]").forEach((line) => { line.hidden = false; });
  tellWorker("send kept");
}

// The hint to install it, where there is one; whoever does not want it is not asked again.
const hint = document.querySelector("[data-install]");
if (hint && !remembered("install")) {
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    hint.hidden = false;
    hint.querySelector("[data-yes]").addEventListener("click", () => {
      hint.hidden = true;
      event.prompt();
    });
    hint.querySelector("[data-no]").addEventListener("click", () => {
      hint.hidden = true;
      remembered("install", "no");
    });
  });
}
