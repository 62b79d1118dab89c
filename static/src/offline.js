// Writing a complaint without a network. All words stand in the page; this only shows them.

const { Kept } = window;
const page = document.querySelector("[data-writing]");
const form = page.querySelector("form");
const find = (part) => page.querySelector(`[data-part="${part}"]`);
const [receipt, waiting, list, net] = ["receipt", "waiting", "list", "net"].map(find);
const { root, zone, least } = page.dataset;
const wayOut = document.querySelector("[data-leave]");
const { lang } = document.documentElement;
// What waits on this page alone; and the kept one that is being corrected.
let here = null;
let timer = 0;
let correcting = "";

// --- The form ---

function written() {
  const given = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
  const { about, keep, ...body } = given;
  const filled = Object.entries(body).filter(([, value]) => value);
  return { ...Object.fromEntries(filled), about_official: about === "yes", language: lang };
}

const letters = (text) => [...text].filter((letter) => /\p{L}/u.test(letter)).length;

function mistakes() {
  const wrong = {};
  if (!form.elements.about.value) {
    wrong.about = [form.querySelector("[name=about]").dataset.needed];
  }
  if (letters(form.elements.text.value) < Number(least)) wrong.text = [page.dataset.tooShort];
  return wrong;
}

function forgetMistakes() {
  form.querySelectorAll(".govuk-error-message").forEach((line) => line.remove());
  form.querySelectorAll("[aria-invalid]").forEach((control) => {
    control.removeAttribute("aria-invalid");
    control.setAttribute("aria-describedby", control.dataset.described || "");
  });
  ["group", "input", "textarea"].forEach((part) => {
    const name = part === "group" ? "govuk-form-group--error" : `govuk-${part}--error`;
    form.querySelectorAll(`.${name}`).forEach((element) => element.classList.remove(name));
  });
  find("summary").replaceChildren();
}

function showMistakes(wrong, title) {
  forgetMistakes();
  const summary = find("mistakes").content.cloneNode(true);
  const lines = summary.querySelector("ul");
  for (const [name, sentences] of Object.entries(wrong)) {
    const control = form.querySelector(`[name="${name}"]`);
    for (const sentence of [sentences].flat()) {
      const line = document.createElement("li");
      lines.append(line);
      if (!control) {
        line.textContent = sentence;
        continue;
      }
      const link = document.createElement("a");
      link.href = `#${control.id}`;
      link.textContent = sentence;
      link.addEventListener("click", (event) => { event.preventDefault(); control.focus(); });
      line.append(link);
      mark(control, sentence);
    }
  }
  if (!lines.children.length) lines.append(Object.assign(document.createElement("li"), { textContent: title }));
  find("summary").append(summary);
  const box = find("summary").firstElementChild;
  box.tabIndex = -1;
  box.focus();
}

function mark(control, sentence) {
  const group = control.closest(".govuk-form-group");
  const place = control.closest(".govuk-radios") || control;
  const line = find("mistake").content.cloneNode(true).firstElementChild;
  line.id = `${control.id}-mistake`;
  line.append(sentence);
  group.classList.add("govuk-form-group--error");
  place.before(line);
  control.dataset.described ??= control.getAttribute("aria-describedby") || "";
  control.setAttribute("aria-describedby", `${control.dataset.described} ${line.id}`.trim());
  control.setAttribute("aria-invalid", "true");
  const kind = control.tagName === "TEXTAREA" ? "textarea" : "input";
  if (control.type !== "radio") control.classList.add(`govuk-${kind}--error`);
}

function isSensitive() {
  return form.elements.about.value === "yes";
}

function showWhatIsKept() {
  // An empty form, after it was sent, leaves the way out where it was.
  if (form.elements.about.value) wayOut.hidden = !isSensitive();
  find("sealed").hidden = !isSensitive();
  form.elements.keep.closest(".govuk-form-group").hidden = isSensitive();
  if (isSensitive() && correcting) {
    Kept.erase(correcting).then(showKept);
    correcting = "";
  }
}

form.addEventListener("change", showWhatIsKept);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const wrong = mistakes();
  if (Object.keys(wrong).length) {
    showMistakes(wrong, "");
    return;
  }
  forgetMistakes();
  const entry = Kept.made(root, lang, written());
  if (correcting) entry.key = correcting;
  if (form.elements.keep.checked && !isSensitive() && await isKept(entry)) {
    correcting = "";
    form.reset();
    showWhatIsKept();
    await showKept();
    list.focus();
    askForSync();
    await sendKept(true);
  } else {
    here = entry;
    await sendHere();
  }
});

async function isKept(entry) {
  try {
    await Kept.put(entry);
    return true;
  } catch {
    // In a private window, or on a full device: then it waits on the page.
    return false;
  }
}

// --- What waits on this page alone ---

async function sendHere() {
  const entry = here;
  if (!entry) return;
  form.hidden = true;
  waiting.hidden = false;
  waiting.querySelector("[data-words]").textContent = entry.body.text;
  const become = await Kept.send(entry);
  if (become.state === "filed") {
    here = null;
    waiting.hidden = true;
    form.reset();
    showWhatIsKept();
    showReceipt(become);
  } else if (here === entry && become.state === "waiting") {
    here = become;
    clearTimeout(timer);
    timer = setTimeout(sendHere, Math.max(5000, become.next - Date.now()));
    waiting.focus();
  } else if (here === entry) {
    backToWords();
    showMistakes(become.errors || {}, become.title || page.dataset.doubtful);
  }
}

function backToWords() {
  here = null;
  waiting.hidden = true;
  form.hidden = false;
}

find("back").addEventListener("click", () => { backToWords(); form.elements.text.focus(); });

document.addEventListener("leave", () => { here = null; form.reset(); });
window.addEventListener("beforeunload", (event) => { if (here) event.preventDefault(); });

// --- What is kept ---

async function askForSync() {
  try {
    const registration = await navigator.serviceWorker.ready;
    await registration.sync.register("kept");
  } catch {
    // Sent when the network is back and this page, or any other of the portal, is open.
  }
}

async function sendKept(force = false) {
  try {
    await Kept.flush(force);
  } catch {
    // Nothing can be kept here.
  }
  await showKept();
}

function button(words, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: words });
  made.className = "app-link-button";
  made.addEventListener("click", act);
  return made;
}

function shown(entry) {
  const item = find("one").content.cloneNode(true);
  Object.assign(item.querySelector("[data-words]"), { textContent: entry.body.text, lang: entry.language });
  const wrong = Object.values(entry.errors || {}).flat();
  const why = wrong.length ? wrong : [entry.title || ""];
  item.querySelector("[data-state]").textContent = [page.dataset[entry.state], ...why].join(" ");
  const { sendnow, correct, erase } = page.dataset;
  const acts = item.querySelector("[data-acts]");
  if (entry.state !== "refused") acts.append(button(sendnow, () => again(entry)));
  if (!entry.firstTry) acts.append(button(correct, () => take(entry)));
  acts.append(button(erase, async () => { await Kept.erase(entry.key); await showKept(); }));
  return item;
}

async function again(entry) {
  // Whoever asks for it knows that it may be with us twice.
  await Kept.put({ ...entry, state: "waiting", next: 0, firstTry: 0 });
  await sendKept(true);
}

function take(entry) {
  correcting = entry.key;
  const { about_official, language, ...answers } = entry.body;
  form.reset();
  for (const [name, value] of Object.entries({ ...answers, about: "no" })) form.elements[name].value = value;
  form.elements.keep.checked = true;
  showWhatIsKept();
  if (entry.errors) showMistakes(entry.errors, entry.title);
  else form.elements.text.focus();
}

async function showKept() {
  const entries = await Kept.all().catch(() => []);
  const unsent = entries.filter((entry) => entry.state !== "filed");
  list.hidden = !unsent.length;
  list.querySelector("ul").replaceChildren(...unsent.map(shown));
  const filed = entries.find((entry) => entry.state === "filed");
  if (filed && receipt.hidden) showReceipt(filed);
  try {
    if (entries.length) localStorage.setItem("kept", "1");
    else localStorage.removeItem("kept");
  } catch {
    // Other pages do not say then that something waits here.
  }
}

// --- The receipt ---

function byWhen(iso) {
  // Due at midnight: the last day on which it is in time is the one before.
  const last = new Date(new Date(iso).getTime() - 1);
  const words = { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: zone };
  const day = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, words).format(last);
  return page.dataset.until.replace("%(day)s", day);
}

function showReceipt(entry) {
  const { receipt: given } = entry;
  const put = (selector, words) => {
    receipt.querySelectorAll(selector).forEach((element) => { element.textContent = words; });
  };
  put("#case-number, .app-number", given.number);
  put("#secret-follow", given.secret);
  put("#secret-withdraw", given.withdrawal_secret);
  put("[aria-labelledby=part-follow] .app-muted", given.track_url);
  put("[data-forward]", byWhen(given.forward_due));
  put("[data-answer]", byWhen(given.answer_due));
  receipt.querySelector("[data-forward]").parentElement.hidden = Boolean(given.agency);
  receipt.querySelector("[data-with-office]").hidden = !given.agency;
  receipt.querySelector("[data-with-desk]").hidden = Boolean(given.agency);
  receipt.dataset.key = entry.key;
  receipt.hidden = false;
  form.hidden = net.hidden = find("elsewhere").hidden = true;
  receipt.focus();
}

find("taken").addEventListener("click", async () => {
  await Kept.erase(receipt.dataset.key);
  receipt.querySelectorAll(".app-secret").forEach((secret) => { secret.textContent = ""; });
  receipt.hidden = true;
  form.hidden = Boolean(here);
  net.hidden = false;
  await showKept();
  page.querySelector("h1").focus();
});

// --- The network ---

function showNetwork() {
  net.querySelector("[data-online]").hidden = !navigator.onLine;
  net.querySelector("[data-offline]").hidden = navigator.onLine;
}

window.addEventListener("online", () => { showNetwork(); sendKept(true); sendHere(); });
window.addEventListener("offline", showNetwork);
navigator.serviceWorker?.addEventListener("message", ({ data }) => { if (data === "kept") showKept(); });
setInterval(sendKept, 30_000);

// The worker shows this page in the place of any other that it cannot get.
find("elsewhere").hidden = window.location.pathname.endsWith("/app/offline/");
find("again").addEventListener("click", () => window.location.reload());

showNetwork();
showWhatIsKept();
sendKept();
