// A telephone in an AudioWorklet: the microphone as µ-law at 8 kHz in frames of 20 ms, and the bot's voice back.
"use strict";
const RATE = 8000;
const FRAME = 160;
const HALF_TAPS = 24;
const CUTOFF_HZ = 3600;

function encode(sample) {
  let value = Math.max(-32635, Math.min(32635, Math.round(sample * 32767)));
  const sign = value < 0 ? 0x80 : 0;
  value = Math.abs(value) + 0x84;
  let exponent = 7;
  for (let mask = 0x4000; exponent > 0 && !(value & mask); mask >>= 1) exponent -= 1;
  return ~(sign | (exponent << 4) | ((value >> (exponent + 3)) & 0x0f)) & 0xff;
}

function decode(code) {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84;
  return (bits & 0x80 ? -magnitude : magnitude) / 32768;
}

// Takes what lies above half of the telephone's rate away before the samples are thinned out.
class Thinner {
  constructor(rate) {
    this.step = rate / RATE;
    this.heard = [];
    this.next = HALF_TAPS;
    const width = (2 * CUTOFF_HZ) / rate;
    this.taps = new Float32Array(2 * HALF_TAPS + 1);
    let sum = 0;
    for (let place = 0; place < this.taps.length; place += 1) {
      const offset = place - HALF_TAPS;
      const sinc = offset === 0 ? width : Math.sin(Math.PI * width * offset) / (Math.PI * offset);
      this.taps[place] = sinc * (0.54 + 0.46 * Math.cos((Math.PI * offset) / HALF_TAPS));
      sum += this.taps[place];
    }
    for (let place = 0; place < this.taps.length; place += 1) this.taps[place] /= sum;
  }

  *take(samples) {
    for (const one of samples) this.heard.push(one);
    while (Math.ceil(this.next) + HALF_TAPS < this.heard.length) {
      const middle = Math.round(this.next);
      let value = 0;
      for (let place = 0; place < this.taps.length; place += 1) {
        value += this.taps[place] * this.heard[middle - HALF_TAPS + place];
      }
      yield value;
      this.next += this.step;
    }
    const done = Math.floor(this.next) - HALF_TAPS - 1;
    if (done > 4096) {
      this.heard.splice(0, done);
      this.next -= done;
    }
  }
}

class Telephone extends AudioWorkletProcessor {
  constructor(options) {
    super();
    this.listens = Boolean(options.processorOptions && options.processorOptions.listens);
    this.thinner = new Thinner(sampleRate);
    this.frame = [];
    this.queue = []; // arrays of samples, and the names of marks
    this.place = 0; // in the first array, in its own samples
    this.port.onmessage = (event) => this.told(event.data);
  }

  told(message) {
    if (message.clear) {
      const marks = this.queue.filter((one) => typeof one === "string");
      this.queue = [];
      this.place = 0;
      for (const name of marks) this.port.postMessage({ mark: name });
    } else if (message.mark !== undefined) {
      this.queue.push(message.mark);
    } else {
      this.queue.push(Float32Array.from(message.audio, decode));
    }
  }

  process(inputs, outputs) {
    if (!this.listens) this.hear(inputs[0][0] || new Float32Array(outputs[0][0].length));
    const speaker = outputs[0][0];
    for (let place = 0; place < speaker.length; place += 1) speaker[place] = this.sound();
    return true;
  }

  hear(microphone) {
    for (const sample of this.thinner.take(microphone)) {
      this.frame.push(encode(sample));
      if (this.frame.length === FRAME) {
        this.port.postMessage({ audio: Uint8Array.from(this.frame) });
        this.frame = [];
      }
    }
  }

  sound() {
    while (this.queue.length) {
      const first = this.queue[0];
      if (typeof first === "string") {
        this.queue.shift();
        this.port.postMessage({ mark: first });
      } else if (this.place >= first.length) {
        this.queue.shift();
        this.place -= first.length;
      } else {
        const before = Math.floor(this.place);
        const after = Math.min(before + 1, first.length - 1);
        const part = this.place - before;
        this.place += RATE / sampleRate;
        return first[before] * (1 - part) + first[after] * part;
      }
    }
    this.place = 0;
    return 0;
  }
}

registerProcessor("telephone", Telephone);
