// Seogo's door before wabac's service worker: it asks this archive alone, and all that it answers carries our policy.
const policy = new URL(self.location.href).searchParams.get("csp");
const outer = new URL(self.location.href).searchParams.get("outer");
const scope = new URL("./", self.location.href).href;

const realFetch = self.fetch.bind(self);
self.fetch = (request, options) => {
  const url = new URL(request instanceof Request ? request.url : request, self.location.href);
  // Anything else (its own pages, other hosts) is not what a replayed page is made of.
  if (!url.href.startsWith(scope + "raw/") && url.protocol !== "blob:") {
    return Promise.resolve(new Response("", { status: 404, statusText: "Not in the archive" }));
  }
  return realFetch(request, { ...options, credentials: "omit" });
};
self.WebSocket = self.EventSource = self.XMLHttpRequest = undefined;

function guarded(response) {
  const headers = new Headers(response.headers);
  headers.set("Content-Security-Policy", policy);
  headers.set("Referrer-Policy", "same-origin");
  headers.set("X-DNS-Prefetch-Control", "off");
  headers.delete("Link");
  headers.delete("Refresh");
  if (response.type === "error" || response.type === "opaqueredirect") return response;
  const empty = [101, 204, 205, 304].includes(response.status);
  return new Response(empty ? null : response.body, { status: response.status, statusText: response.statusText, headers });
}

const listen = self.addEventListener.bind(self);
self.addEventListener = (type, listener, options) => {
  if (type !== "fetch") return listen(type, listener, options);
  listen(type, (event) => {
    const own = event.request.url.startsWith(scope + "start");
    if (own) return;
    if (!event.request.url.startsWith(scope)) {
      event.respondWith(new Response("", { status: 404, statusText: "Not in the archive" }));
      return;
    }
    if (event.request.destination === "document") {
      // A window shows the outer page alone; inside it no page can leave its frame.
      const found = /^page\/(\d+)[a-z]*_?\/(.+)/.exec(event.request.url.slice((scope + "w/").length));
      event.respondWith(Response.redirect(found ? `${outer}${found[1]}/${found[2]}` : outer));
      return;
    }
    const respond = event.respondWith.bind(event);
    event.respondWith = (answer) => respond(Promise.resolve(answer).then(guarded));
    listener(event);
  }, options);
};

importScripts("./wabac.js");
