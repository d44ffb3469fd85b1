// Writes segment_cases.json: 511 texts with the verdict of Twilio's own calculator.
// In an empty directory: npm install --ignore-scripts sms-segments-calculator@1.3.0
// then: NODE_PATH=node_modules node .../make_segment_cases.js > .../segment_cases.json
// No text holds a combining mark: the calculator never cuts a letter from its marks, carriers do.
const { SegmentedMessage } = require("sms-segments-calculator");

const BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENSION = "\f^{}\\[~]|€";
const OTHER = ["ç", "ê", "ã", "ş", "Ж", "я", "中", "です", "’", "–", "`", "\u00a0", "😀", "🔑", "𝟙"];

let state = 20240521;
function random() {
  // mulberry32, by Tommy Ettinger (public domain)
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const pick = (from) => from[Math.floor(random() * from.length)];

function write(length, extended, other) {
  let text = "";
  while (text.length < length) {
    const dice = random();
    text += dice < other ? pick(OTHER) : dice < other + extended ? pick(EXTENSION) : pick(BASIC);
  }
  return text;
}

const texts = [
  "",
  "Your code is 123456.",
  "Votre code est 123456. Ne le partagez à personne.",
  "Ваш код: 123456",
  "您的验证码是123456。",
  "ça va",
  "`x",
  "€".repeat(80),
  "a".repeat(161),
  "a".repeat(152) + "€" + "b".repeat(10),
  "😀".repeat(40),
];
const ends = [70, 134, 201, 160, 306, 459];
while (texts.length < 511) {
  const length = Math.max(1, pick(ends) + Math.floor(random() * 9) - 4);
  texts.push(write(length, pick([0, 0.05, 0.4]), pick([0, 0, 0.02, 0.3])));
}

const rows = texts.map((text) => {
  const message = new SegmentedMessage(text);
  const gsm = message.encodingName === "GSM-7";
  const units = message.messageSize / (gsm ? 7 : 16);
  return JSON.stringify([text, gsm ? "gsm-7" : "ucs-2", units, message.segmentsCount]);
});
console.log("[\n" + rows.join(",\n") + "\n]");
