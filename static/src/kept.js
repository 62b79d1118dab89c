// Complaints that somebody chose to keep on this device until there is a network, and their receipts
// until they were read. The page and the service worker both load this; to both it is `Kept`.
//
// An entry: key (its Idempotency-Key), root, language, body (what the API is sent), state (waiting,
// refused, doubtful, filed), tries, next (ms), firstTry (ms, while it is not known what became of it),
// errors and title of a refusal; a filed one has nothing but its key, language and receipt.

self.Kept = (() => {
  const STORE = "complaints";
  const MINUTE = 60_000;
  // After each try without an answer.
  const WAITS = [0.5, 2, 10, 30, 60].map((minutes) => minutes * MINUTE);
  // The server knows a key for 24 hours. Later, what may have arrived is not sent again unasked.
  const SURE = 23 * 60 * MINUTE;

  function opened() {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open("kept", 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }

  async function inStore(mode, work) {
    const database = await opened();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction(STORE, mode);
        const request = work(transaction.objectStore(STORE));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  }

  const all = () => inStore("readonly", (store) => store.getAll());
  const get = (key) => inStore("readonly", (store) => store.get(key));
  const erase = (key) => inStore("readwrite", (store) => store.delete(key));

  // What is about an official never gets here, whoever asks.
  function put(entry) {
    if (entry.body?.about_official) throw new Error("never kept");
    return inStore("readwrite", (store) => store.put(entry));
  }

  function made(root, language, body) {
    const letters = [...crypto.getRandomValues(new Uint8Array(16))];
    const key = letters.map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return { key, root, language, body, state: "waiting", tries: 0, next: 0, firstTry: 0 };
  }

  function later(entry, seconds = 0) {
    const wait = Math.max(WAITS[Math.min(entry.tries, WAITS.length) - 1], seconds * 1000);
    return { ...entry, state: "waiting", next: Date.now() + wait };
  }

  // One try: gives what the entry is from now on, and writes nothing.
  async function send(entry) {
    const tried = { ...entry, tries: entry.tries + 1, firstTry: entry.firstTry || Date.now() };
    let response, answer;
    try {
      response = await fetch(`${entry.root}${entry.language}/api/v1/complaints/`, {
        method: "POST",
        credentials: "omit",
        cache: "no-store",
        headers: { "Content-Type": "application/json", "Idempotency-Key": entry.key },
        body: JSON.stringify(entry.body)
      });
      answer = await response.json();
    } catch {
      // No answer, or none of ours.
      return later(tried);
    }
    const { status } = response;
    if (status === 201) {
      return { key: entry.key, language: entry.language, state: "filed", receipt: answer };
    }
    if (status === 429 || status >= 500) {
      return later(tried, Number(response.headers.get("Retry-After")) || 0);
    }
    if (status === 409) return { ...tried, state: "doubtful" };
    const { errors = {}, title = "" } = answer;
    return { ...tried, state: "refused", errors, title, firstTry: 0 };
  }

  async function sendDue(force) {
    const now = Date.now();
    for (const entry of await all()) {
      if (entry.state !== "waiting") continue;
      if (entry.firstTry && now - entry.firstTry > SURE) {
        await put({ ...entry, state: "doubtful" });
      } else if (force || entry.next <= now) {
        const become = await send(entry);
        // Erased meanwhile: only a receipt is kept nevertheless.
        if (become.state === "filed" || await get(entry.key)) await put(become);
      }
    }
    return (await all()).filter((entry) => entry.state === "waiting").length;
  }

  // Send what is due (or all, if somebody asked); says how many still wait. One at a time, in whatever
  // window: the same key would give the same receipt, but why ask twice.
  function flush(force = false) {
    const { locks } = navigator;
    return locks ? locks.request("kept", () => sendDue(force)) : sendDue(force);
  }

  return { all, put, erase, made, send, flush };
})();
