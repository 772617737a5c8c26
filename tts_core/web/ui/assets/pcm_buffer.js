// The audio received so far: 16-bit mono samples, and their peaks for the waveform.
(() => {
  const BUCKETS_PER_SECOND = 50;

  class PcmBuffer {
    constructor(rate) {
      this.rate = rate;
      this.length = 0; // samples
      this.samples = new Int16Array(rate * 8);
      this.bucket = Math.round(rate / BUCKETS_PER_SECOND);
      this.peaks = new Uint8Array(BUCKETS_PER_SECOND * 60);
    }

    get seconds() {
      return this.length / this.rate;
    }

    append(chunk) {
      const end = this.length + chunk.length;
      if (end > this.samples.length) this.samples = grown(this.samples, end);
      this.samples.set(chunk, this.length);
      const buckets = Math.ceil(end / this.bucket);
      if (buckets > this.peaks.length) this.peaks = grown(this.peaks, buckets);
      for (let b = (this.length / this.bucket) | 0, i = 0; i < chunk.length; b++) {
        const until = Math.min(chunk.length, (b + 1) * this.bucket - this.length);
        let [low, high] = [0, 0];
        for (; i < until; i++) {
          const value = chunk[i];
          if (value > high) high = value;
          else if (value < low) low = value;
        }
        this.peaks[b] = Math.max(this.peaks[b], Math.max(high, -low) >> 7);
      }
      this.length = end;
    }

    /** The peak level between two times in seconds, 0 to 1. */
    peak(from, to) {
      const last = Math.ceil(this.length / this.bucket);
      let loudest = 0;
      const end = Math.min(last, Math.max((to * BUCKETS_PER_SECOND) | 0, ((from * BUCKETS_PER_SECOND) | 0) + 1));
      for (let b = (from * BUCKETS_PER_SECOND) | 0; b < end; b++) if (this.peaks[b] > loudest) loudest = this.peaks[b];
      return loudest / 255;
    }

    /** `count` samples from the index `from`, as floats. */
    floats(from, count) {
      const out = new Float32Array(count);
      for (let i = 0; i < count; i++) out[i] = this.samples[from + i] / 32768;
      return out;
    }

    /** All of it as a WAV file. */
    wav() {
      const header = new DataView(new ArrayBuffer(44));
      const text = (at, word) => [...word].forEach((c, i) => header.setUint8(at + i, c.charCodeAt(0)));
      const bytes = this.length * 2;
      text(0, 'RIFF'); header.setUint32(4, 36 + bytes, true); text(8, 'WAVEfmt ');
      header.setUint32(16, 16, true); header.setUint16(20, 1, true); header.setUint16(22, 1, true);
      header.setUint32(24, this.rate, true); header.setUint32(28, this.rate * 2, true);
      header.setUint16(32, 2, true); header.setUint16(34, 16, true);
      text(36, 'data'); header.setUint32(40, bytes, true);
      return new Blob([header, this.samples.subarray(0, this.length)], { type: 'audio/wav' });
    }
  }

  function grown(array, least) {
    const bigger = new array.constructor(Math.max(least, array.length * 2));
    bigger.set(array);
    return bigger;
  }

  aloud.PcmBuffer = PcmBuffer;
  /** A PcmBuffer with the first channel of a sound file, at `rate`; rejects what is no such file. */
  aloud.decodeSound = async (bytes, rate) => {
    const sound = await new OfflineAudioContext(1, 1, rate).decodeAudioData(bytes);
    const buffer = new PcmBuffer(sound.sampleRate);
    buffer.append(Int16Array.from(sound.getChannelData(0), (x) => Math.max(-1, Math.min(1, x)) * 32767));
    return buffer;
  };

  // The 16-bit sample of each byte of μ-law (ITU-T G.711).
  const MU_LAW = Int16Array.from({ length: 256 }, (_, byte) => {
    const code = ~byte & 255;
    const size = (((code & 15) * 2 + 33) << ((code >> 4) & 7)) * 4 - 132;
    return code & 128 ? -size : size;
  });
  /** The bytes of base64. */
  aloud.decodeBase64 = (base64) => {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
    const text = atob(base64); // In browsers of before September 2025.
    const bytes = new Uint8Array(text.length);
    // `from` with a function takes some thirty times as long, for minutes of sound seconds.
    for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
    return bytes;
  };
  /** The samples in bytes of a message: 16 bits each, or μ-law for slow lines. */
  aloud.decodeSamples = (bytes, ulaw) => {
    if (ulaw) return Int16Array.from(bytes, (byte) => MU_LAW[byte]);
    // Each event has whole samples, and every platform with a browser is little-endian.
    return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  };
})();
