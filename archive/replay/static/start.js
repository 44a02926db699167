// Starts the service worker, tells it where raw bytes are, and goes to the page.
const place = document.currentScript.dataset;
const say = (text) => { document.querySelector("p").textContent = text; };

async function start() {
  const registration = await navigator.serviceWorker.register(place.worker, { scope: "./" });
  const worker = registration.active || registration.waiting || registration.installing;
  if (worker.state !== "activated") {
    await new Promise((done) => worker.addEventListener("statechange", () => worker.state === "activated" && done()));
  }
  const added = new Promise((done) => navigator.serviceWorker.addEventListener("message", (event) => {
    if (event.data.msg_type === "collAdded" && event.data.name === "page") done();
  }));
  navigator.serviceWorker.startMessages();
  registration.active.postMessage({
    msg_type: "addColl", name: "page", skipExisting: false, type: "live", file: { sourceUrl: `proxy:${place.raw}` },
    extraConfig: { prefix: place.raw, isLive: false, archiveMod: "id_", csp: place.csp },
  });
  await added;
  location.replace(place.page);
}

start().catch((error) => say(`${place.failed} (${error.name})`));
