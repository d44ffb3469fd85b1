// What the hosted page gains with a script: the countdown, the code read from the message, the way back,
// and a private line to the page that frames it. All else works without.

const main = document.querySelector("main");
const framed = window.parent !== window;
const SECOND = 1000;
const READING_TIME = 3 * SECOND;

function countDown(button) {
  const words = button.textContent;
  const end = Date.now() + Number(button.dataset.wait) * SECOND;
  const timer = setInterval(show, SECOND / 4);
  let shown = "";
  function show() {
    const left = Math.ceil((end - Date.now()) / SECOND);
    const text = left > 0 ? button.dataset.waiting.replace("{seconds}", left) : words;
    if (text !== shown) button.textContent = shown = text;
    button.disabled = left > 0;
    if (left <= 0) clearInterval(timer);
  }
  show();
}

async function readMessage(field) {
  if (!("OTPCredential" in window)) return;
  const stop = new AbortController();
  field.form.addEventListener("submit", () => stop.abort());
  try {
    const found = await navigator.credentials.get({
      otp: { transport: ["sms"] },
      signal: stop.signal,
    });
    if (!found?.code) return;
    field.value = found.code;
    field.form.requestSubmit();
  } catch {
    // Nobody allowed it, or no message came: the person types the code.
  }
}

function listen() {
  document.documentElement.classList.add("framed");
  if (document.hasFocus()) document.querySelector("[data-focus]")?.focus();
  const origins = main.dataset.origins.split(" ").filter(Boolean);
  window.addEventListener("message", (event) => {
    const [port] = event.ports;
    if (event.source !== window.parent || !origins.includes(event.origin) || !port) return;
    if (event.data?.type !== "watchword:connect") return;
    const tell = () => port.postMessage({ type: "height", height: main.scrollHeight });
    new ResizeObserver(tell).observe(main);
    tell();
    if (main.dataset.verified) {
      port.postMessage({ type: "verified", session_uuid: main.dataset.verified });
    }
  });
}

const again = document.querySelector("#again");
if (Number(again?.dataset.wait) > 0) countDown(again);

const code = document.querySelector("#code");
if (code) readMessage(code);

const back = document.querySelector("#back");
if (back && !framed) setTimeout(() => location.replace(back.href), READING_TIME);

if (framed) listen();
