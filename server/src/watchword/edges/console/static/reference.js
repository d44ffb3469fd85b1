/** Sends what the forms of the API reference hold, and shows what comes back; keeps nothing. */
const key = document.getElementById("try-key");
const customer = document.getElementById("try-customer");
const forms = [...document.querySelectorAll("form[data-try]")];

/** The request that a form describes. */
function described(form) {
  const headers = { "x-api-key": key.value.trim() };
  if (customer.value.trim()) headers["customer-uuid"] = customer.value.trim();
  let path = form.dataset.address;
  const query = new URLSearchParams();
  for (const input of form.querySelectorAll("[data-place]")) {
    const value = input.value.trim();
    if (input.dataset.place === "path") path = path.replace(`{${input.name}}`, encodeURIComponent(value));
    else if (value && input.dataset.place === "query") query.set(input.name, value);
    else if (value) headers[input.name] = value;
  }
  const asked = { method: form.dataset.method, headers, credentials: "omit", cache: "no-store" };
  if (form.elements.body) {
    headers["content-type"] = "application/json";
    asked.body = form.elements.body.value;
  }
  return [query.size ? `${path}?${query}` : path, asked];
}

function formatted(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** The UUID of a new authentication goes into the forms that need one, so that the next step works. */
function carryOn(text, from) {
  let uuid;
  try {
    uuid = JSON.parse(text).authentication_uuid;
  } catch {
    return;
  }
  if (!uuid) return;
  for (const form of forms) {
    if (form === from) continue;
    const field = form.elements.auth_uuid;
    const body = form.elements.body;
    if (field) field.value = uuid;
    if (body) body.value = body.value.replace(/("authentication_uuid": *)"[^"]*"/, `$1"${uuid}"`);
  }
}

async function send(form) {
  const status = form.querySelector("[data-status]");
  const shown = form.querySelector("[data-answer]");
  const tell = (words, tone) => {
    status.textContent = words;
    status.classList.toggle("good", tone === "good");
    status.classList.toggle("bad", tone === "bad");
  };
  form.setAttribute("aria-busy", "true");
  tell("Sending …");
  const start = performance.now();
  try {
    const [address, asked] = described(form);
    const answer = await fetch(address, asked);
    const text = await answer.text();
    const took = Math.round(performance.now() - start);
    tell(`${answer.status} ${answer.statusText} · ${took} ms`, answer.ok ? "good" : "bad");
    shown.textContent = formatted(text) || "(no body)";
    if (answer.ok && form.dataset.address.endsWith("/authentication")) carryOn(text, form);
  } catch (error) {
    tell("No answer", "bad");
    shown.textContent = String(error.message ?? error);
  }
  shown.hidden = false;
  form.removeAttribute("aria-busy");
}

for (const form of forms) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.getAttribute("aria-busy") !== "true") send(form);
  });
}
document.querySelector("form[data-access]")?.addEventListener("submit", (event) => event.preventDefault());
if (key) document.documentElement.classList.add("can-try");
