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

// Browsers obey no policy about WebRTC: it is taken out of each page before its first script, and of frames as it
// reaches for them.
const withoutWebRTC = `<script>(() => {
  const strip = (realm) => {
    try {
      for (const name of Object.getOwnPropertyNames(realm)) if (/^(webkit)?RTC|^WebTransport/.test(name)) delete realm[name];
      for (let n = 0; n < realm.length; n++) strip(realm[n]);
    } catch { /* another origin's, which can do no more than this one */ }
    return realm;
  };
  for (const owner of [HTMLIFrameElement, HTMLFrameElement, HTMLObjectElement, HTMLEmbedElement]) {
    for (const name of ["contentWindow", "contentDocument"]) {
      const found = Object.getOwnPropertyDescriptor(owner.prototype, name);
      if (!found) continue;
      const get = function () { strip(self); return found.get.call(this); };
      Object.defineProperty(owner.prototype, name, { ...found, get, configurable: false });
    }
  }
  for (const [owner, names] of [
    [Node.prototype, ["appendChild", "insertBefore", "replaceChild"]],
    [Element.prototype, ["append", "prepend", "before", "after", "replaceWith", "replaceChildren", "insertAdjacentElement",
      "insertAdjacentHTML"]],
    [Document.prototype, ["write", "writeln", "append"]],
  ]) {
    for (const name of names) {
      const plain = owner[name];
      owner[name] = function (...given) { const answer = plain.apply(this, given); if (self.length) strip(self); return answer; };
    }
  }
  for (const name of ["innerHTML", "outerHTML"]) {
    const found = Object.getOwnPropertyDescriptor(Element.prototype, name);
    const set = function (html) { found.set.call(this, html); if (self.length) strip(self); };
    Object.defineProperty(Element.prototype, name, { ...found, set });
  }
  strip(self);
  document.currentScript.remove();
})()</script>`;

async function stripped(response) {
  const first = "<!-- WB Insert -->";
  if (!/^text\/html|xhtml/.test(response.headers.get("Content-Type") || "") || !response.body) return guarded(response);
  const html = await response.text();
  const body = html.includes(first) ? html.replace(first, () => withoutWebRTC + first) : withoutWebRTC + html;
  return guarded(new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers }));
}

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
    const guard = ["iframe", "frame", "object", "embed"].includes(event.request.destination) ? stripped : guarded;
    event.respondWith = (answer) => respond(Promise.resolve(answer).then(guard));
    listener(event);
  }, options);
};

importScripts("./wabac.js");
