// Two ways to play a PcmBuffer: scheduled Web Audio buffers while it is still arriving, and an
// <audio> element, which can change speed without changing pitch, once it is complete.
(() => {
  const LEAD = 0.02; // seconds between scheduling the first buffer and its start
  const HORIZON = 6; // seconds to schedule ahead: longer than the timer interval of a hidden tab
  const COMFORT = 1; // with this many seconds scheduled, small pieces may wait to be merged
  const MAX_BUFFER = 2; // longest single buffer, seconds

  class LivePlayback {
    constructor(onEnd) {
      this.onEnd = onEnd;
      this.context = null;
      this.sources = new Set();
      this.running = false;
    }

    /** Create or resume the audio context. Call it in a user gesture: browsers require one. */
    wake(rate) {
      if (!this.context || this.context.sampleRate !== rate) {
        this.context?.close();
        this.context = new AudioContext({ sampleRate: rate, latencyHint: 'interactive' });
      }
      if (this.context.state !== 'running') this.context.resume();
    }

    /** Play a buffer from a time in seconds; `complete`: nothing will be appended to it. */
    play(buffer, from, complete) {
      this.stop();
      this.wake(buffer.rate);
      this.buffer = buffer;
      this.complete = complete;
      this.cursor = Math.round(from * buffer.rate); // next sample to schedule
      this.anchor = null; // [context time, buffer seconds] from which the position is counted
      this.end = 0; // context time at which what is scheduled ends
      this.running = true;
      this.timer = setInterval(() => this.pump(), 200);
      this.from = from;
      this.pump();
    }

    /** Schedule what has arrived, up to the horizon. */
    pump() {
      if (!this.running) return;
      const { context, buffer } = this;
      while (this.cursor < buffer.length) {
        const ahead = this.end - context.currentTime;
        const count = Math.min(buffer.length - this.cursor, MAX_BUFFER * buffer.rate);
        if (this.anchor && ahead > HORIZON) return;
        if (this.anchor && !this.complete && ahead > COMFORT && count < buffer.rate / 2) return;
        this.schedule(count);
      }
      if (this.complete && this.anchor && context.currentTime >= this.end) this.finish();
      else if (this.complete && !this.anchor) this.finish(); // There is nothing after this position.
    }

    schedule(count) {
      const { context, buffer } = this;
      const piece = context.createBuffer(1, count, buffer.rate);
      piece.copyToChannel(buffer.floats(this.cursor, count), 0);
      const source = new AudioBufferSourceNode(context, { buffer: piece });
      source.connect(context.destination);
      const now = context.currentTime;
      if (!this.anchor || this.end < now) {
        if (this.anchor) aloud.gaps++;
        this.end = now + LEAD;
        this.anchor = [this.end, this.cursor / buffer.rate];
      }
      source.start(this.end);
      if (aloud.firstSoundAt === null) aloud.firstSoundAt = performance.now() + (this.end - now) * 1000;
      aloud.started++;
      this.end += count / buffer.rate;
      this.cursor += count;
      this.sources.add(source);
      source.onended = () => {
        this.sources.delete(source);
        this.pump();
      };
    }

    /** Seconds from the start of the buffer. */
    get position() {
      if (!this.anchor) return this.from ?? 0;
      const [time, seconds] = this.anchor;
      const elapsed = Math.max(0, this.context.currentTime - time);
      return Math.min(seconds + elapsed, this.cursor / this.buffer.rate);
    }

    finish() {
      this.stop();
      this.onEnd();
    }

    stop() {
      this.running = false;
      clearInterval(this.timer);
      for (const source of this.sources) {
        source.onended = null;
        source.stop();
      }
      this.sources.clear();
    }
  }

  class FilePlayback {
    constructor(onEnd) {
      this.audio = new Audio();
      this.audio.preservesPitch = true;
      this.audio.addEventListener('ended', onEnd);
    }

    load(url) {
      if (this.url?.startsWith('blob:')) URL.revokeObjectURL(this.url);
      this.url = this.audio.src = url;
    }

    unload() {
      this.stop();
      if (this.url) this.load('');
      this.url = null;
    }

    play(from, rate) {
      this.audio.currentTime = from;
      this.audio.playbackRate = rate;
      this.audio.play()?.catch(() => {}); // Stopped before it began.
    }

    get position() {
      return this.audio.currentTime;
    }

    stop() {
      this.audio.pause();
    }
  }

  aloud.LivePlayback = LivePlayback;
  aloud.FilePlayback = FilePlayback;
})();
