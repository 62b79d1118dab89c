// News of a case on this device, by web push. The form's sentences stand in the page.

const form = document.querySelector("[data-news]");
const [start, stop] = ["start", "stop"].map((name) => form.querySelector(`[data-${name}]`));
const { action, dataset: { key, number, secret } } = form;

const rawKey = () => {
  const text = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
};

function say(name) {
  form.querySelectorAll("[data-say]").forEach((line) => { line.hidden = line.dataset.say !== name; });
}

function show(on) {
  start.hidden = on;
  stop.hidden = !on;
}

async function ask(method, address, what) {
  // Beside a receipt the secret is the proof: it stands on the page just then.
  const proof = secret ? { secret: document.getElementById(secret).textContent } : {};
  const answer = await fetch(address, {
    method,
    headers: {
      "Content-Type": "application/json",
      "X-CSRFToken": form.elements.csrfmiddlewaretoken.value
    },
    body: JSON.stringify({ number, ...proof, ...what })
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

// The step is recorded with the case: forms that were open just before it are still up to date.
function follow(seen) {
  document.querySelectorAll("input[name=seen]").forEach((input) => {
    if (Number(input.value) === seen - 1) input.value = seen;
  });
}

const subscribed = async () => (await navigator.serviceWorker.ready).pushManager.getSubscription();

async function begin() {
  if (await Notification.requestPermission() !== "granted") {
    say("refused");
    return;
  }
  const { pushManager } = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: rawKey() };
  let subscription;
  try {
    subscription = await pushManager.subscribe(options);
  } catch {
    // One for another key, from before the portal's was changed.
    await (await pushManager.getSubscription())?.unsubscribe();
    subscription = await pushManager.subscribe(options);
  }
  const { seen } = await ask("POST", action, { subscription: subscription.toJSON() });
  follow(seen);
  show(true);
  say("on");
}

async function end() {
  const subscription = await subscribed();
  if (subscription) {
    follow((await ask("DELETE", action, { endpoint: subscription.endpoint })).seen);
  }
  show(false);
  say("off");
}

function pressed(button, act) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    say("");
    try {
      await act();
    } catch {
      say("failed");
    } finally {
      button.disabled = false;
    }
  });
}

async function look() {
  if (!key || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  const subscription = await subscribed();
  const known = subscription && await ask("POST", `${action}known/`, { endpoint: subscription.endpoint });
  show(Boolean(known?.on));
  pressed(start, begin);
  pressed(stop, end);
  form.hidden = false;
  if (Notification.permission === "denied") {
    start.hidden = true;
    say("refused");
  }
}

look();
