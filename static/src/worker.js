// The service worker: keeps the shell (`SHELL`, from the server), sends what was kept, shows news.
// Nothing that anybody asked for is ever kept here: the cache is filled once, and the same for all.

const CACHE = `shell-${SHELL.version}`;
const SPOKEN = "shell-language";

const offlinePage = (language) => `${SHELL.root}${language}/${SHELL.offline}`;

self.addEventListener("install", (event) => {
  const pages = SHELL.languages.map(offlinePage);
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll([
      // As a stranger sees them.
      ...pages.map((url) => new Request(url, { credentials: "omit", cache: "reload" })),
      ...SHELL.files
    ]);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith("shell-"));
    await Promise.all(old.filter((name) => ![CACHE, SPOKEN].includes(name))
      .map((name) => caches.delete(name)));
    await self.registration.navigationPreload?.enable();
    await self.clients.claim();
  })());
});

const kept = (what) => caches.match(what, { ignoreVary: true });

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    event.respondWith(opened(event));
  } else if (SHELL.files.includes(new URL(request.url).pathname)) {
    event.respondWith(kept(request).then((found) => found || fetch(request)));
  }
});

async function opened(event) {
  try {
    return await event.preloadResponse || await fetch(event.request);
  } catch {
    return await kept(offlinePage(await language(event.request))) || Response.error();
  }
}

// In which language the last page was: two letters, for the page that stands in for the next one.
async function remember(code) {
  const url = `${SHELL.root}app/language`;
  const cache = await caches.open(SPOKEN);
  const known = await (await cache.match(url))?.text();
  if (SHELL.languages.includes(code) && code !== known) await cache.put(url, new Response(code));
}

async function language(request) {
  const [first] = new URL(request.url).pathname.slice(SHELL.root.length).split("/");
  if (SHELL.languages.includes(first)) return first;
  const cache = await caches.open(SPOKEN);
  return await (await cache.match(`${SHELL.root}app/language`))?.text() || SHELL.language;
}

// --- What was kept ---

async function sendKept(force = false) {
  const left = await Kept.flush(force);
  for (const window of await self.clients.matchAll()) window.postMessage("kept");
  return left;
}

self.addEventListener("sync", (event) => {
  if (event.tag !== "kept") return;
  // There is a network again: how long to wait was said without one. If it fails, the browser asks
  // again later.
  event.waitUntil(sendKept(true).then((left) => {
    if (left) throw new Error(`${left} still wait`);
  }));
});

self.addEventListener("message", (event) => {
  event.waitUntil(event.data === "send kept" ? sendKept() : remember(event.data.language));
});

// --- News ---

self.addEventListener("push", (event) => {
  let news = {};
  try {
    news = event.data.json();
  } catch {
    // Something has to be shown.
  }
  const { title = SHELL.name, body = "", tag, url = "/" } = news;
  const { icon, badge } = SHELL;
  event.waitUntil(
    self.registration.showNotification(title, { body, tag, icon, badge, data: { url } })
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const path = String(event.notification.data?.url || "/").replace(/^\/+/, "");
  const { href } = new URL(SHELL.root + path, self.location.origin);
  event.waitUntil((async () => {
    const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const open = windows.find((window) => window.url === href);
    return open ? open.focus() : self.clients.openWindow(href);
  })());
});
