// Calls the bot from the browser, in the phone's media format (Twilio's media streams).
"use strict";
const box = document.getElementById("talking");
const button = document.getElementById("call");
const state = document.getElementById("call-state");
const heard = document.getElementById("heard");
let call = null;

function say(text) {
  state.textContent = text;
}

function base64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}

async function begin() {
  button.disabled = true;
  try {
    if (!navigator.mediaDevices) throw new Error("The microphone is open to pages on localhost and https alone.");
    const microphone = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, channelCount: 1 },
    });
    const audio = new AudioContext({ latencyHint: "interactive" });
    await audio.audioWorklet.addModule(box.dataset.telephone);
    const telephone = new AudioWorkletNode(audio, "telephone", { outputChannelCount: [1] });
    audio.createMediaStreamSource(microphone).connect(telephone).connect(audio.destination);
    const real = document.getElementById("call-real").checked ? "?real=1" : "";
    const address = new URL(`/console/try/talk${real}`, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    call = { microphone, audio, telephone, socket, events: null };
    connect(call);
  } catch (error) {
    say(error.name === "NotAllowedError" ? "The browser does not let the page use the microphone." : error.message);
    end();
  }
  button.disabled = false;
}

function connect(mine) {
  const { telephone, socket } = mine;
  const send = (message) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify(message));
  telephone.port.onmessage = ({ data }) => {
    if (data.mark !== undefined) send({ event: "mark", mark: { name: data.mark } });
    else send({ event: "media", media: { track: "inbound", payload: base64(data.audio) } });
  };
  socket.onopen = () => {
    button.textContent = "Hang up";
    button.classList.add("bad");
    say("Connected. Speak when you like.");
  };
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.event === "call") follow(mine, message.call.id);
    else if (message.event === "clear") telephone.port.postMessage({ clear: true });
    else if (message.event === "mark") telephone.port.postMessage({ mark: message.mark.name });
    else if (message.event === "media") {
      const audio = Uint8Array.from(atob(message.media.payload), (one) => one.charCodeAt(0));
      telephone.port.postMessage({ audio });
    }
  };
  socket.onclose = ({ code }) => {
    say(code === 1000 || code === 1005 ? "The call has ended." : "The call could not be held. Try again.");
    end();
  };
}

function follow(mine, id) {
  // The server's own pages, escaped there.
  mine.events = new EventSource(`/console/calls/${encodeURIComponent(id)}/live`);
  mine.events.addEventListener("lines", ({ data }) => {
    heard.innerHTML = data;
  });
}

function end() {
  const mine = call;
  call = null;
  button.textContent = "Call the bot";
  button.classList.remove("bad");
  if (!mine) return;
  if (mine.socket.readyState === WebSocket.OPEN) {
    mine.socket.send(JSON.stringify({ event: "stop", stop: {} }));
  }
  mine.socket.close();
  mine.microphone.getTracks().forEach((one) => one.stop());
  mine.audio.close();
  // The last words are written down as the call ends.
  setTimeout(() => mine.events && mine.events.close(), 3000);
}

button.addEventListener("click", () => (call ? end() : begin()));
