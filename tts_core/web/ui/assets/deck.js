// Two ways to play a tape: buffers put end to end while it is still arriving, and an <audio>
// element, which can change pace without changing pitch, once it is whole.
(() => {
  const LEAD = 0.02; // seconds between scheduling the first buffer and its sound
  const HORIZON = 6; // scheduled ahead: outlasts the slow timers of a hidden tab
  const COMFORT = 1; // with this much scheduled, small pieces may wait to become one
  const PIECE = 2; // longest single buffer, seconds

  class LiveDeck {
    constructor(onEnd) {
      this.onEnd = onEnd;
      this.context = null;
      this.sources = new Set();
      this.running = false;
    }

    /** Sound is allowed only from within a gesture: call this in one. */
    wake(rate) {
      if (!this.context || this.context.sampleRate !== rate) {
        this.context?.close();
        this.context = new AudioContext({ sampleRate: rate, latencyHint: 'interactive' });
      }
      if (this.context.state !== 'running') this.context.resume();
    }

    play(tape, from, complete) {
      this.stop();
      this.wake(tape.rate);
      this.tape = tape;
      this.complete = complete;
      this.cursor = Math.round(from * tape.rate); // next sample to schedule
      this.anchor = null; // [context time, tape seconds] from which position is counted
      this.end = 0; // context time at which what is scheduled ends
      this.running = true;
      this.timer = setInterval(() => this.pump(), 200);
      this.from = from;
      this.pump();
    }

    /** Schedule what has arrived. */
    pump() {
      if (!this.running) return;
      const { context, tape } = this;
      while (this.cursor < tape.length) {
        const ahead = this.end - context.currentTime;
        const count = Math.min(tape.length - this.cursor, PIECE * tape.rate);
        if (this.anchor && ahead > HORIZON) return;
        if (this.anchor && !this.complete && ahead > COMFORT && count < tape.rate / 2) return;
        this.schedule(count);
      }
      if (this.complete && this.anchor && context.currentTime >= this.end) this.finish();
      else if (this.complete && !this.anchor) this.finish(); // nothing from here on
    }

    schedule(count) {
      const { context, tape } = this;
      const buffer = context.createBuffer(1, count, tape.rate);
      buffer.copyToChannel(tape.floats(this.cursor, count), 0);
      const source = new AudioBufferSourceNode(context, { buffer });
      source.connect(context.destination);
      const now = context.currentTime;
      if (!this.anchor || this.end < now) {
        if (this.anchor) aloud.gaps++;
        this.end = now + LEAD;
        this.anchor = [this.end, this.cursor / tape.rate];
      }
      source.start(this.end);
      if (aloud.firstSoundAt === null) aloud.firstSoundAt = performance.now() + (this.end - now) * 1000;
      aloud.started++;
      this.end += count / tape.rate;
      this.cursor += count;
      this.sources.add(source);
      source.onended = () => {
        this.sources.delete(source);
        this.pump();
      };
    }

    /** Seconds from the start of the tape. */
    get position() {
      if (!this.anchor) return this.from ?? 0;
      const [time, seconds] = this.anchor;
      const heard = Math.max(0, this.context.currentTime - time);
      return Math.min(seconds + heard, this.cursor / this.tape.rate);
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

  class FileDeck {
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
      this.audio.play()?.catch(() => {}); // a stop before it began
    }

    get position() {
      return this.audio.currentTime;
    }

    stop() {
      this.audio.pause();
    }
  }

  aloud.LiveDeck = LiveDeck;
  aloud.FileDeck = FileDeck;
})();
