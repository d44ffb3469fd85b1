/** What the pages can do beyond being read: they all work without this. */
const root = document.documentElement;
root.classList.add("js");
const said = document.getElementById("said");
const say = (text) => { if (said) said.textContent = text; };
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

const styles = {
  full: new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" }),
  date: new Intl.DateTimeFormat(undefined, { dateStyle: "medium" }),
  clock: new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 }),
  hour: new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" }),
  day: new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" }),
};
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "narrow" });
const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

function ago(at) {
  const seconds = (at - Date.now()) / 1000;
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? units[3];
  return relative.format(Math.round(seconds / size), unit);
}

function tellTimes(within = document) {
  for (const time of all("time[datetime]", within)) {
    const at = new Date(time.dateTime);
    const style = time.dataset.style;
    if (style === "ago") time.textContent = ago(at);
    else if (style === "axis") time.textContent = styles[longAxis(time) ? "day" : "hour"].format(at);
    else time.textContent = (styles[style] ?? styles.full).format(at);
    time.title = styles.full.format(at);
  }
}

function longAxis(time) {
  const marks = all("time", time.closest("ol"));
  return new Date(marks.at(-1).dateTime) - new Date(marks[0].dateTime) > 2 * 86400e3;
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  button.dataset.label ??= button.textContent;
  button.textContent = "Copied";
  say("Copied");
  setTimeout(() => { button.textContent = button.dataset.label; }, 1500);
}

function showTabs(within = document) {
  for (const tabs of all("[data-tabs]", within)) {
    const list = tabs.querySelector("[role=tablist]");
    const buttons = all("[data-tab]", tabs);
    if (list) list.hidden = false;
    const choose = (name) => {
      for (const button of buttons) {
        const chosen = button.dataset.tab === name;
        button.setAttribute("aria-selected", chosen);
        button.tabIndex = chosen ? 0 : -1;
      }
      for (const panel of all("[data-panel]", tabs)) panel.hidden = panel.dataset.panel !== name;
    };
    for (const [place, button] of buttons.entries()) {
      button.setAttribute("role", "tab");
      button.addEventListener("click", () => choose(button.dataset.tab));
      button.addEventListener("keydown", (event) => {
        const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!by) return;
        const next = buttons[(place + by + buttons.length) % buttons.length];
        choose(next.dataset.tab);
        next.focus();
      });
    }
    if (buttons.length) choose(buttons[0].dataset.tab);
  }
}

function readCharts(within = document) {
  for (const plot of all("[data-chart]", within)) {
    const data = JSON.parse(plot.dataset.chart);
    const canvas = plot.querySelector(".canvas");
    const cursor = plot.querySelector(".cursor");
    const tip = plot.querySelector(".tip");
    canvas.addEventListener("pointermove", (event) => {
      const box = canvas.getBoundingClientRect();
      const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
      const place = Math.round(share * (data.at.length - 1));
      const left = (place / Math.max(1, data.at.length - 1)) * box.width;
      cursor.style.left = `${left}px`;
      tip.replaceChildren(line("b", styles.full.format(new Date(data.at[place]))));
      data.names.forEach((name, n) => {
        const row = document.createElement("p");
        const label = document.createElement("span");
        const dot = document.createElement("span");
        dot.className = `dot ${data.tones[n]}`;
        label.append(dot, name);
        row.append(label, line("b", data.texts[n][place]));
        tip.append(row);
      });
      cursor.hidden = tip.hidden = false;
      const width = tip.offsetWidth;
      tip.style.left = `${left + width + 20 > box.width ? left - width - 12 : left + 12}px`;
    });
    canvas.addEventListener("pointerleave", () => { cursor.hidden = tip.hidden = true; });
  }
}

function line(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

async function reveal(form) {
  const answer = await fetch(`/manage/v1/projects/${form.action.split("/")[4]}/authentications/${form.uuid.value}/reveal`, { method: "POST" });
  const body = await answer.json();
  const shown = document.querySelector("h1 .number");
  if (answer.ok) {
    shown.textContent = body.phone_number;
    form.hidden = true;
    say("The number is shown; the audit log says so.");
  } else say(body.message);
}

function preview(form) {
  let waiting;
  const put = (name, value) => { document.querySelector(`[data-preview-${name}]`).textContent = value; };
  const show = async () => {
    const body = { text: form.text.value, locale: form.locale.value || "en", channel: form.channel.value || "sms" };
    const answer = await fetch(form.dataset.preview, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    if (!answer.ok) return;
    const found = await answer.json();
    put("text", found.text);
    put("segments", found.segments);
    put("word", found.segments === 1 ? "message" : "messages");
    put("encoding", found.encoding.toUpperCase());
    put("units", found.units);
    put("left", found.left);
    form.text.setCustomValidity(found.faults[0] ?? "");
    const faults = document.querySelector("[data-preview-faults]");
    faults.replaceChildren(...[...found.faults.map((text) => ["bad", text]), ...found.warnings.map((text) => ["warn", text])].map(([tone, text]) => {
      const item = line("li", text);
      item.className = tone;
      return item;
    }));
  };
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(show, 200); });
  show();
}

/** A live page reads itself anew when something changed, and puts in what differs. */
function live() {
  if (!document.body.matches("[data-live-page]")) return;
  const state = document.querySelector("[data-live-state]");
  const pause = document.querySelector("[data-pause]");
  let heard = document.body.dataset.heard;
  let source, reading = false, again = false, paused = false;
  const mark = (on) => { if (state) { state.classList.toggle("off", !on); state.lastChild.textContent = on ? " live" : " paused"; } };
  const read = async () => {
    if (reading) { again = true; return; }
    reading = true;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (answer.ok && !answer.redirected) renew(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } finally {
      reading = false;
      if (again) { again = false; setTimeout(read, 300); }
    }
  };
  const listen = () => {
    if (source || paused || document.hidden) return;
    source = new EventSource(`/console/live?heard=${heard}`);
    source.addEventListener("change", (event) => { heard = event.data; read(); });
    source.addEventListener("over", stop);
    source.addEventListener("open", () => mark(true));
    source.addEventListener("error", () => mark(false));
  };
  const stop = () => { source?.close(); source = undefined; mark(false); };
  document.addEventListener("visibilitychange", () => { if (document.hidden) stop(); else { listen(); read(); } });
  addEventListener("pagehide", stop);
  pause?.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", paused);
    pause.textContent = paused ? "Resume" : "Pause";
    if (paused) stop(); else { listen(); read(); }
  });
  listen();
}

function renew(fresh) {
  for (const place of all("[data-live]")) {
    const now = fresh.getElementById(place.id);
    if (!now || now.outerHTML === place.dataset.source) continue;
    if (place.contains(document.activeElement) && document.activeElement.matches("input, select, textarea")) continue;
    const known = new Set(all("[data-row]", place).map((row) => row.id));
    const source = now.outerHTML;
    const next = document.importNode(now, true);
    const handOver = inHands(place);
    place.replaceWith(next);
    next.dataset.source = source;
    for (const row of all("[data-row]", next)) if (!known.has(row.id)) row.classList.add("fresh");
    ready(next);
    handOver(next);
  }
}

/** What a reader has opened stays open, and what the keyboard is on keeps it. */
function inHands(place) {
  const hold = "a, button, summary, [tabindex]";
  const open = all("details", place).map((details) => details.open);
  const held = place.contains(document.activeElement) ? document.activeElement : null;
  const row = held?.closest("[data-row]");
  const at = all(hold, row ?? place).indexOf(held);
  return (next) => {
    all("details", next).forEach((details, n) => { details.open = open[n] ?? false; });
    const within = row ? document.getElementById(row.id) : next;
    if (held && within) all(hold, within)[at]?.focus({ preventScroll: true });
  };
}

function ready(within) {
  tellTimes(within);
  showTabs(within);
  readCharts(within);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});
document.addEventListener("change", (event) => {
  const form = event.target.closest("form");
  if (form?.matches("[data-submit-on-change]") || event.target.matches("[data-submit-on-change]")) form.requestSubmit();
});
document.addEventListener("submit", (event) => {
  if (event.target.querySelector(".js-reveal")) { event.preventDefault(); reveal(event.target); }
});
document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, select, textarea, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    document.getElementById("find")?.focus();
  }
});
for (const form of all("[data-preview]")) preview(form);
for (const place of all("[data-live]")) place.dataset.source = place.outerHTML;
ready(document);
setInterval(() => { for (const time of all("time[data-style=ago]")) time.textContent = ago(new Date(time.dateTime)); }, 10_000);
live();
