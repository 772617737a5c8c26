// The player at the bottom of the page: handles the server's messages, playback and downloads.
(() => {
  const { text } = aloud;
  const SLOW_LEAD = 0.6; // seconds of sound before it starts on a slow line: what comes next takes as long
  const SILENCE_SECONDS = 6; // without a message during a request: check the connection
  /** Seconds as m:ss or h:mm:ss. */
  const clock = (seconds) => {
    const whole = Math.max(0, Math.floor(seconds + 0.05));
    const [h, m, s] = [(whole / 3600) | 0, ((whole / 60) | 0) % 60, whole % 60];
    return (h ? `${h}:${String(m).padStart(2, '0')}` : m) + ':' + String(s).padStart(2, '0');
  };

  class Player {
    constructor(element, sampleRate, send) {
      this.send = send;
      this.sampleRate = sampleRate;
      this.element = element;
      this.parts = new Proxy({}, { get: (_, role) => aloud.part(element, role) });
      const ended = () => this.ended();
      this.live = new aloud.LivePlayback(ended);
      this.file = new aloud.FilePlayback(ended);
      this.buffer = null;
      this.rate = 1;
      this.number = 0; // of the newest request
      this.stopping = 0; // of the last one that was stopped, and with it those before
      this.abandoned = 0; // the last one that was stopped before it began
      this.listen();
      this.wave = new aloud.Waveform(this);
      setInterval(() => this.watchdog(), 1000);
    }

    listen() {
      const { play, rate, download, formats, options, bar } = this.parts;
      play.addEventListener('click', () => this.toggle());
      rate.addEventListener('change', () => this.setRate(Number(rate.value)));
      aloud.mountMenu(download, formats, (item) => this.download(item.dataset.format));
      const open = (shown) => {
        bar.classList.toggle('open', shown);
        options.setAttribute('aria-expanded', String(shown));
      };
      options.addEventListener('click', () => open(!bar.classList.contains('open')));
      bar.addEventListener('keydown', (event) => {
        if (event.key !== 'Escape' || !bar.classList.contains('open')) return;
        event.stopPropagation();
        open(false);
        options.focus();
      });
      document.addEventListener('pointerdown', ({ target }) => { if (!bar.contains(target)) open(false); });
    }

    // ---- Actions of the user ----------------------------------------------------------------

    /** Get ready for a new request, in the click that starts it. */
    prepare(preview) {
      this.number += 1;
      this.next = 0; // number of its next message
      aloud.forgetBroken();
      aloud.judgeLine();
      this.stopPlayback();
      this.live.wake(this.sampleRate);
      this.reset();
      this.preview = preview;
      Object.assign(aloud, { started: 0, gaps: 0, firstSoundAt: null, requestId: null, clickedAt: performance.now() });
      this.lastMessageAt = performance.now();
      aloud.showError('');
      aloud.showNotice('');
      aloud.setState('waiting');
      this.say(text('player.preparing'));
      this.tell(text('player.preparing'));
      this.show();
    }

    reset() {
      Object.assign(this, {
        buffer: null, complete: false, downloadable: false, segments: [], at: 0, left: null, chunk: 0,
        chunks: 0, expected: 0, recovering: false, following: true, notices: [], playFrom: 0, saved: null,
        lost: false,
      });
      this.file.unload();
      aloud.highlight(-1, 0);
    }

    stop() {
      const generating = aloud.isGenerating();
      this.stopping = this.number;
      if (aloud.state === 'waiting') this.abandoned = this.number;
      this.pause();
      if (generating) this.stopped();
    }

    stopped() {
      this.endHere('stopped');
      const part = this.buffer?.length ? clock(this.buffer.seconds) : '';
      this.say(part ? text('player.stopped_part', { time: part }) : text('player.stopped'));
      this.tell(text('player.stopped'));
      this.show();
    }

    /** No more audio will arrive. */
    endHere(state) {
      this.complete = this.live.complete = true;
      this.lost = false;
      aloud.forgetBroken();
      aloud.setState(state);
    }

    toggle() {
      if (aloud.playing) this.pause();
      else if (this.buffer?.length) this.play(this.at >= this.duration - 0.05 && this.complete ? 0 : this.at);
    }

    play(from) {
      if (!this.buffer?.length && !this.file.url) return;
      this.stopPlayback();
      this.at = from;
      this.following = false;
      if (this.complete && (this.rate !== 1 || !this.buffer?.length)) {
        if (!this.file.url) this.file.load(URL.createObjectURL(this.buffer.wav()));
        this.playback = this.file;
        this.file.play(from, this.rate);
      } else {
        this.playback = this.live;
        this.live.play(this.buffer, from, this.complete);
      }
      aloud.setPlaying(true);
      this.show();
    }

    pause() {
      if (aloud.playing) this.at = this.playback.position;
      this.following = false;
      this.stopPlayback();
      this.show();
    }

    stopPlayback() {
      this.live.stop();
      this.file.stop();
      aloud.setPlaying(false);
    }

    ended() {
      this.at = this.duration;
      aloud.setPlaying(false);
      aloud.highlight(-1, 0);
      this.show();
      dispatchEvent(new Event('aloud:ended'));
    }

    /** Make a new take of a sentence; the others stay. Call it in a user gesture. */
    retake(index) {
      this.prepare(false);
      this.send('retake', { segment: index });
    }

    seek(seconds) {
      const to = Math.min(Math.max(seconds, 0), this.duration);
      if (aloud.playing) this.play(to);
      else {
        this.at = to;
        this.show();
      }
    }

    playSegment(index) {
      const segment = this.segments[index];
      if (segment) this.play(segment.start);
    }

    setRate(rate) {
      const position = this.position;
      this.rate = rate;
      if (aloud.playing && this.complete) this.play(position);
    }

    get duration() {
      return this.buffer?.seconds ?? 0;
    }

    get position() {
      return aloud.playing ? this.playback.position : this.at;
    }

    // ---- Messages from the server -----------------------------------------------------------

    receive(message) {
      if (!message?.events) return;
      this.lastMessageAt = performance.now();
      const events = JSON.parse(message.events);
      if (events[0]?.type?.startsWith('file')) {
        this.gotFile(events[0], message.file);
        return;
      }
      // Of a request before, which says that it was stopped, or of one that was not to begin.
      if (message.number !== this.number || message.number === this.abandoned) return;
      if (message.seq < this.next) return; // Gradio repeats the last message when a request ends.
      if (message.seq > this.next) this.recovering = true;
      this.next = message.seq + 1;
      this.lost = false;
      this.sound = { bytes: aloud.decodeBase64(message.sound), at: 0 };
      for (const item of events) this[`on_${item.type}`]?.(item);
      this.show();
    }

    on_start(item) {
      if (aloud.state !== 'waiting') { // It has been given up.
        document.querySelector('#stop-button')?.click();
        return;
      }
      this.sampleRate = item.rate;
      this.buffer = new aloud.PcmBuffer(item.rate);
      this.ulaw = item.ulaw;
      this.preview = item.preview;
      this.setTitle(item);
      this.playFrom = item.play_from; // index of the segment at which playback starts
      this.canRetake = item.can_retake;
      this.chunks = item.whole ? item.spans.length : 0;
      this.expected = aloud.estimate(item.text, item.speed);
      this.learn = (seconds) => aloud.learnPace(item.text, item.speed, seconds);
      aloud.requestId = item.request;
      if (!item.preview) aloud.showText(item.text, item.spans);
    }

    /** The rest of a long text has been read. */
    on_planned(item) {
      if (!this.buffer) return; // Its beginning was given up or lost: another text is shown.
      this.chunks = item.spans.length;
      if (!this.preview) aloud.showSpans(item.spans);
    }

    setTitle({ voice, engine }) {
      this.title = `${this.preview ? text('player.preview_of', { voice }) : voice} · ${engine}`;
    }

    /** Show below the text what differs from the request. */
    note(words) {
      this.notices.push(...words.filter((said) => !this.notices.includes(said)));
      if (words.length) aloud.showNotice(this.notices.join(' '));
    }

    on_notice(item) {
      this.setTitle(item);
      this.note([item.message]);
    }

    on_waiting(item) {
      if (item.loading) this.say(text('player.loading_engine', { engine: item.loading }));
      else if (item.position) this.say(text('player.queue', { count: item.position }));
      else this.say(text('player.waiting'));
    }

    on_audio(item) {
      const { bytes, at } = this.sound;
      this.sound.at += item.bytes;
      if (!this.buffer || this.recovering || this.complete) return;
      const first = this.buffer.length === 0;
      this.segments[item.segment] ??= { start: this.buffer.seconds, end: Infinity };
      if (!this.preview) aloud.addWords(item.segment, item.words);
      this.buffer.append(aloud.decodeSamples(bytes.subarray(at, at + item.bytes), this.ulaw));
      const enough = !this.ulaw || this.buffer.seconds >= SLOW_LEAD;
      if (first) {
        aloud.setState('speaking');
        this.tell(text('player.speaking'));
      }
      if (aloud.playing) this.live.pump();
      else if (enough) this.begin();
    }

    /** Start to play by itself, once, if what is to be played is there. */
    begin() {
      const segment = this.segments.slice(this.playFrom).find(Boolean);
      if (this.following && segment) this.play(segment.start);
    }

    on_segment(item) {
      this.segments[item.segment] = { start: item.start, end: item.end };
      if (!this.preview) aloud.setWords(item.segment, item.words);
    }

    /** Word timestamps from the aligner and the quality check arrive after the audio. */
    on_aligned(item) {
      if (this.preview) return;
      aloud.setWords(item.segment, item.words);
      aloud.markIssues(item.segment, item.quality, this.canRetake);
    }

    on_progress(item) {
      Object.assign(this, { chunk: item.chunk, left: item.left });
      if (aloud.state !== 'speaking') return;
      const step = this.chunks > 1 ? text('player.sentence', { number: Math.max(1, item.chunk), all: this.chunks }) : text('player.generating');
      this.say(item.left >= 1 ? `${step} · ${text('left', { time: text('unit.s', { value: Math.ceil(item.left) }) })}` : step);
    }

    on_finished(item) {
      if (aloud.state === 'stopped') return;
      this.downloadable = true;
      aloud.info = item.info;
      this.learn?.(item.info.duration_seconds);
      this.endHere('finished');
      const took = item.info.time_to_first_audio_seconds;
      if (!this.preview) this.note(item.warnings);
      this.say(this.preview ? [this.title, ...item.warnings].join(' · ') : this.title, took === null ? '' : text('player.first', { time: text('unit.ms', { value: Math.round(took * 1000) }) }));
      this.tell(text('player.finished'));
      if (this.recovering) this.fetch('wav', 'play');
      else {
        if (aloud.playing) this.live.pump();
        else this.begin();
        if (aloud.playing && this.rate !== 1) this.play(this.position);
      }
    }

    on_error(item) {
      this.stopPlayback();
      this.endHere('failed');
      const message = aloud.failure(item.message, item.kind);
      aloud.showError(message);
      this.say(this.preview ? message : text('player.failed'));
      if (this.preview) this.tell(message); // Other errors are announced below the text.
      if (!this.buffer?.length) aloud.edit();
    }

    /** The text is another: that the one before failed does not matter any more. */
    forgetFailure() {
      if (aloud.state !== 'failed' || this.buffer?.length) return;
      aloud.setState('idle');
      this.say(text('player.idle'));
    }

    on_stopped() {
      if (aloud.state !== 'stopped') {
        this.pause();
        this.stopped();
      }
    }

    watchdog() {
      if (aloud.isGenerating() && performance.now() - this.lastMessageAt > SILENCE_SECONDS * 1000) {
        this.lastMessageAt = performance.now();
        aloud.checkConnection();
      }
    }

    // ---- Display ----------------------------------------------------------------------------

    say(words, more = '') {
      aloud.setText(this.parts.says, words);
      this.parts.says.title = [words, more].filter(Boolean).join(' · ');
    }

    /** Announce a state to screen readers; what `say` shows changes too often for them. */
    tell(words) {
      aloud.setText(this.parts.told, words);
    }

    show() {
      const { play, download, making, formats, bar } = this.parts;
      bar.classList.toggle('idle', !this.buffer?.length && !aloud.isGenerating());
      play.disabled = !this.buffer?.length;
      play.classList.toggle('playing', aloud.playing);
      play.setAttribute('aria-label', text(aloud.playing ? 'pause' : 'play'));
      download.disabled = !this.downloadable && !this.saved;
      formats.querySelectorAll('[data-format]').forEach((item) => { item.hidden = (item.dataset.format === 'saved') !== Boolean(this.saved); });
      this.parts.subtitles.hidden = Boolean(this.saved);
      making.style.transform = `scaleX(${aloud.isGenerating() && this.chunks ? this.chunk / this.chunks : 0})`;
      this.wave.refresh();
      this.frame();
    }

    frame() {
      const at = this.position;
      const now = clock(at);
      const total = clock(this.duration);
      if (this.parts.now.textContent !== now) this.parts.now.textContent = now;
      if (this.parts.total.textContent !== total) this.parts.total.textContent = total;
      this.wave.draw(at);
      if (!this.preview && at > 0 && (aloud.playing || at < this.duration)) {
        aloud.highlight(this.segments.findLastIndex((s) => s && s.start <= at), at);
      }
      cancelAnimationFrame(this.request);
      if (aloud.playing) this.request = requestAnimationFrame(() => this.frame());
    }
  }

  Object.assign(Player.prototype, aloud.playerFiles, aloud.brokenStream);

  /** The inputs of a handler with a request's number as the second: a Stop that is overtaken by
      the next request must not stop that one. */
  aloud.numbered = (values, number = aloud.player.number) => values.map((value, at) => (at === 1 ? number : value));

  aloud.mountPlayer = (element, props, watch, trigger) => {
    aloud.player = new Player(element, props.sample_rate, trigger);
    aloud.player.reset();
    aloud.player.show();
    aloud.player.resume();
    watch('value', () => aloud.player.receive(props.value));
  };
})();
