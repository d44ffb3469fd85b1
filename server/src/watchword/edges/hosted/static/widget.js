// The widget: the hosted page in a frame of your own page.
//
//   import { open } from "https://verify.example/verify/static/widget.js";
//   const widget = open({ url });
//   widget.addEventListener("verified", () => askYourServerForTheProof());
//
// `url` is what the server was given when it opened the session, with this page's origin among `origins`.
// "verified" is a hint: only the proof that your server asks for counts.

const CONNECT = "watchword:connect";

class Widget extends EventTarget {
  #frame;
  #origin;
  #port = null;
  #dialog = null;
  #closed = false;

  constructor(url, container) {
    super();
    const address = new URL(url);
    this.#origin = address.origin;
    this.#frame = document.createElement("iframe");
    this.#frame.allow = "otp-credentials";
    this.#frame.title = "Phone verification";
    this.#frame.referrerPolicy = "no-referrer";
    Object.assign(this.#frame.style, {
      display: "block",
      width: "100%",
      height: "30rem",
      border: "0",
    });
    // Each step is a new document in the frame, and gets a line of its own.
    this.#frame.addEventListener("load", () => this.#connect());
    this.#frame.src = address.href;
    if (container) container.append(this.#frame);
    else this.#show();
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#port?.close();
    this.#frame.remove();
    this.#dialog?.remove();
    this.dispatchEvent(new Event("closed"));
  }

  #connect() {
    this.#port?.close();
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.onmessage = (event) => this.#hear(event.data);
    this.#frame.contentWindow.postMessage({ type: CONNECT }, this.#origin, [port2]);
  }

  #hear(message) {
    if (message.type === "height" && message.height > 0) {
      this.#frame.style.height = `${Math.ceil(message.height)}px`;
    } else if (message.type === "verified") {
      const detail = { session_uuid: message.session_uuid };
      this.dispatchEvent(new CustomEvent("verified", { detail }));
    }
  }

  #show() {
    const dialog = document.createElement("dialog");
    const button = document.createElement("button");
    dialog.setAttribute("aria-label", this.#frame.title);
    Object.assign(dialog.style, {
      width: "min(25rem, 100vw)",
      maxWidth: "100vw",
      padding: "0",
      border: "0",
      borderRadius: "1rem",
    });
    button.type = "button";
    button.textContent = "×";
    button.setAttribute("aria-label", "Close");
    Object.assign(button.style, {
      position: "absolute",
      top: ".625rem",
      right: ".625rem",
      width: "2rem",
      height: "2rem",
      border: "0",
      borderRadius: ".5rem",
      background: "#e4e4e7",
      color: "#17171f",
      font: "600 1.25rem/1 system-ui, sans-serif",
      cursor: "pointer",
    });
    button.addEventListener("click", () => this.close());
    dialog.addEventListener("close", () => this.close());
    dialog.append(this.#frame, button);
    document.body.append(dialog);
    this.#dialog = dialog;
    dialog.showModal();
  }
}

/** Open the page of a session in `container`, or in a dialog of its own; listen to `verified` and `closed`. */
export function open({ url, container }) {
  return new Widget(url, container);
}
