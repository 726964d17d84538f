// Listens in to a call: both sides as the phone has them, each through a telephone of its own.
"use strict";
const box = document.getElementById("listening");
const button = document.getElementById("listen");
const state = document.getElementById("listen-state");
const ENDS = {
  1000: "The call is not with the bot any more.",
  1008: "You cannot listen to this call.",
  1013: "Enough people listen already.",
  4404: box.dataset.elsewhere,
  4410: "The caller is not with the bot just now, so there is nothing to hear.",
};
let hearing = null;

async function begin() {
  button.disabled = true;
  try {
    const audio = new AudioContext({ latencyHint: "interactive" });
    await audio.audioWorklet.addModule(box.dataset.telephone);
    const sides = {};
    for (const side of ["caller", "bot"]) {
      sides[side] = new AudioWorkletNode(audio, "telephone", {
        numberOfInputs: 0,
        outputChannelCount: [1],
        processorOptions: { listens: true },
      });
      sides[side].connect(audio.destination);
    }
    const address = new URL(box.dataset.address, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    hearing = { audio, socket };
    socket.onopen = () => {
      button.textContent = "Stop listening";
      state.textContent = "You hear the call. Nobody hears you.";
    };
    socket.onmessage = ({ data }) => {
      const part = JSON.parse(data);
      if (part.clear) sides[part.side].port.postMessage({ clear: true });
      else sides[part.side].port.postMessage({ audio: Uint8Array.from(atob(part.audio), (one) => one.charCodeAt(0)) });
      box.dataset.heard = Number(box.dataset.heard || 0) + 1;
    };
    socket.onclose = ({ code }) => {
      state.textContent = ENDS[code] || (code === 1005 ? "Not listening." : "The connection broke. Try again.");
      end();
    };
  } catch (error) {
    state.textContent = error.message;
    end();
  }
  button.disabled = false;
}

function end() {
  const mine = hearing;
  hearing = null;
  button.textContent = "Listen in";
  if (!mine) return;
  mine.socket.close();
  mine.audio.close();
}

button.addEventListener("click", () => (hearing ? end() : begin()));
