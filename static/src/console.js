// The operators' console: keys for everything, words that are kept while they are typed, and pages that
// clear themselves. Every page works without it, by Tab and Enter.

const isShown = (element) => element.getClientRects().length > 0;
const CONTROLS = "input:not([type=hidden]), textarea, select";

// --- Keys -----------------------------------------------------------------------------------

// The letter on the key, also where the keyboard writes Bangla or Alt makes signs of letters.
function letterOf(event) {
  if (/^[a-z0-9]$/i.test(event.key)) return event.key.toLowerCase();
  return (/^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(event.code)?.[1] ?? "").toLowerCase();
}

function firstControl(part) {
  const controls = [...part.querySelectorAll(CONTROLS)].filter(isShown);
  const first = controls[0];
  if (first?.type !== "radio") return first;
  return controls.find((other) => other.name === first.name && other.checked) ?? first;
}

function press(element) {
  const folded = element.closest("details:not([open])");
  if (folded && element.tagName !== "SUMMARY") folded.open = true;
  if (element.matches("[data-key]")) {
    firstControl(element)?.focus();
    return;
  }
  element.focus();
  element.click();
  const opened = element.tagName === "SUMMARY" && element.parentElement;
  if (opened?.open) firstControl(opened)?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.metaKey || event.target.closest("dialog")) return;
  const isTyping = event.target.closest(CONTROLS);
  if (!event.altKey && (isTyping || event.shiftKey)) return;
  const letter = letterOf(event);
  const name = event.altKey ? `[accesskey="${letter}"], [data-key="${letter}"]` : `[data-plain-key="${letter}"]`;
  const element = letter && document.querySelector(name);
  const isHelp = event.altKey && letter === "h";
  if (!element && !isHelp) return;
  event.preventDefault();
  if (isHelp) document.getElementById("keys").showModal();
  else press(element);
});

// --- From field to field ----------------------------------------------------------------------

const flow = (element) => element.closest("form[data-flow]");

function next(form, from) {
  const controls = [...form.querySelectorAll(`${CONTROLS}, [data-main]`)].filter(isShown);
  const rest = controls.slice(controls.lastIndexOf(from) + 1)
    .filter((other) => other.type !== "radio" || other.name !== from.name);
  return rest[0];
}

let isWaitingForChoices = false;

function takeFirstChoice() {
  const choice = document.querySelector("#choices input[type=radio]");
  isWaitingForChoices = !choice;
  if (choice && !document.querySelector("#choices input:checked")) choice.click();
  (document.querySelector("#choices input:checked") ?? choice)?.focus();
}

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id === "choices" && isWaitingForChoices) takeFirstChoice();
});

document.addEventListener("keydown", (event) => {
  const field = event.target, form = flow(field);
  if (!form || event.isComposing) return;
  if (field.name === "q") {
    if (event.key === "ArrowDown" || (event.key === "Enter" && field.value.trim() && !event.ctrlKey)) {
      event.preventDefault();
      takeFirstChoice();
      return;
    }
    isWaitingForChoices = false;
  }
  if (event.key !== "Enter" || field.tagName === "BUTTON" || field.tagName === "SUMMARY") return;
  const main = form.querySelector("[data-main]");
  if (event.ctrlKey) {
    event.preventDefault();
    main.click();
  } else if (field.tagName !== "TEXTAREA") {
    event.preventDefault();
    const then = next(form, field);
    if (then === main && form.dataset.flow === "send") main.click();
    else then?.focus();
  }
});

const wanted = document.querySelector("form[data-focus]")?.dataset.focus;
const choices = wanted ? [...document.querySelectorAll(`[type=radio][name="${wanted}"]`)] : [];
(choices.find((choice) => choice.checked) ?? choices[0])?.focus();
// A browser may put the focus there late, or not at all: whoever presses Enter is not to press nothing.
if (document.activeElement === document.body) document.querySelector("main [autofocus]")?.focus();

// --- What is typed is kept on the server, until it is sent or thrown away ----------------------

const filing = document.querySelector("form[data-keep]");
let isChanged = false;

filing?.addEventListener("input", () => { isChanged = true; });
filing?.addEventListener("submit", () => { isChanged = false; });

window.addEventListener("pagehide", () => {
  if (isChanged) navigator.sendBeacon(filing.dataset.keep, new FormData(filing));
  // htmx notes there which page it was on.
  sessionStorage.clear();
  // Nobody who presses "back" later finds the page as it was.
  document.querySelector("main").hidden = true;
});

window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});

// --- A page that nobody looks at is cleared ----------------------------------------------------

const idle = document.querySelector("[data-idle]");
const warning = document.querySelector("[data-idle-warning]");
const WARNED = 30;
let touched = Date.now();

// A form in which nothing is written has nothing to clear.
function isEmpty(part) {
  const written = (field) => /^text/.test(field.type) && field.value.trim();
  return part.tagName === "FORM" && ![...part.elements].some(written);
}

function touch() {
  touched = Date.now();
  warning.hidden = true;
}

function clear() {
  const end = document.querySelector("form[data-idle-end]");
  if (!end) {
    window.location.replace(warning.dataset.console);
    return;
  }
  const mark = document.createElement("input");
  mark.type = "hidden";
  mark.name = mark.value = "idle";
  end.append(mark);
  end.submit();
}

if (idle) {
  for (const sign of ["keydown", "pointerdown", "pointermove", "wheel", "input"]) {
    document.addEventListener(sign, touch, { capture: true, passive: true });
  }
  window.addEventListener("afterprint", touch);
  const timer = setInterval(() => {
    if (isEmpty(idle)) touch();
    const left = Number(idle.dataset.idle) - (Date.now() - touched) / 1000;
    if (left <= 0) {
      clearInterval(timer);
      clear();
    } else {
      warning.hidden = left > WARNED;
    }
  }, 1000);
}
