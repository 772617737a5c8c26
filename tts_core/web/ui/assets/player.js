// The bar along the bottom: what has arrived, where the ear is, and the buttons.
(() => {
  const QUIET_SECONDS = 6; // without news while making: ask whether the server is there
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
      this.live = new aloud.LiveDeck(ended);
      this.file = new aloud.FileDeck(ended);
      this.tape = null;
      this.rate = 1;
      this.run = null;
      this.listen();
      this.wave = new aloud.Wave(this);
      setInterval(() => this.watchdog(), 1000);
    }

    listen() {
      const { play, rate, download, srt, vtt, format } = this.parts;
      play.addEventListener('click', () => this.toggle());
      rate.addEventListener('change', () => this.setRate(Number(rate.value)));
      download.addEventListener('click', () => this.fetch(format.value));
      srt.addEventListener('click', () => this.fetch('srt'));
      vtt.addEventListener('click', () => this.fetch('vtt'));
    }

    // ---- What the page asks for -------------------------------------------------------------

    /** Speak was pressed: within the gesture, before the server has heard of it. */
    expect(preview) {
      this.silence();
      this.live.wake(this.sampleRate);
      this.reset();
      this.preview = preview;
      Object.assign(aloud, { started: 0, gaps: 0, firstSoundAt: null, requestId: null, clickedAt: performance.now() });
      this.heardAt = performance.now();
      aloud.problem('');
      aloud.notice('');
      aloud.setState('waiting');
      this.say('Preparing…');
      this.show();
    }

    reset() {
      Object.assign(this, {
        tape: null, complete: false, downloadable: false, segments: [], at: 0, left: null, chunk: 0,
        chunks: 0, expected: 0, recovering: false, following: true, notices: [], first: 0,
      });
      this.file.unload();
      aloud.light(-1, 0);
    }

    stop() {
      const making = aloud.state === 'waiting' || aloud.state === 'speaking';
      this.pause();
      if (making) this.stopped();
    }

    stopped() {
      this.complete = true; // nothing more will come
      this.live.complete = true;
      aloud.setState('stopped');
      const heard = this.tape?.length ? ` What was made, ${clock(this.tape.seconds)}, can still be played.` : '';
      this.say(`Stopped.${heard}`);
      this.show();
    }

    toggle() {
      if (aloud.playing) this.pause();
      else if (this.tape?.length) this.play(this.at >= this.duration - 0.05 && this.complete ? 0 : this.at);
    }

    play(from) {
      if (!this.tape?.length && !this.file.url) return;
      this.silence();
      this.at = from;
      this.following = false;
      if (this.complete && (this.rate !== 1 || !this.tape?.length)) {
        if (!this.file.url) this.file.load(URL.createObjectURL(this.tape.wav()));
        this.deck = this.file;
        this.file.play(from, this.rate);
      } else {
        this.deck = this.live;
        this.live.play(this.tape, from, this.complete);
      }
      aloud.setPlaying(true);
      this.show();
    }

    pause() {
      if (aloud.playing) this.at = this.deck.position;
      this.following = false;
      this.silence();
      this.show();
    }

    silence() {
      this.live.stop();
      this.file.stop();
      aloud.setPlaying(false);
    }

    ended() {
      this.at = this.duration;
      aloud.setPlaying(false);
      aloud.light(-1, 0);
      this.show();
    }

    /** Another take of a sentence; the others stay as they are. Within a gesture. */
    again(index) {
      this.expect(false);
      this.send('make_again', { segment: index });
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
      return this.tape?.seconds ?? 0;
    }

    get position() {
      return aloud.playing ? this.deck.position : this.at;
    }

    // ---- What the server tells --------------------------------------------------------------

    receive(message) {
      if (!message?.news) return;
      this.heardAt = performance.now();
      const news = JSON.parse(message.news);
      if (news[0]?.type?.startsWith('file')) {
        this.gotFile(news[0], message.file);
        return;
      }
      if (message.run !== this.run) {
        if (message.seq !== 0 && news[0]?.type !== 'start') return; // of a request given up
        if (this.run !== null && BigInt(message.run) < BigInt(this.run)) return;
        this.run = message.run;
        this.next = 0;
      }
      if (message.seq < this.next) return; // Gradio repeats the last one when a request ends
      if (message.seq > this.next) this.recovering = true;
      this.next = message.seq + 1;
      for (const item of news) this[`on_${item.type}`]?.(item);
      this.show();
    }

    on_start(item) {
      if (aloud.state !== 'waiting') {
        document.querySelector('#stop-button')?.click(); // stopped before it could begin
        return;
      }
      this.sampleRate = item.rate;
      this.tape = new aloud.Tape(item.rate);
      this.preview = item.preview;
      this.nameSpeaker(item);
      this.first = item.from; // what is listened to first
      this.samples = item.samples;
      this.chunks = item.spans.length;
      this.expected = aloud.estimate(item.text, item.speed);
      this.warnings = item.warnings;
      aloud.requestId = item.request;
      if (!item.preview) aloud.showText(item.text, item.spans);
    }

    nameSpeaker({ voice, engine }) {
      this.title = `${this.preview ? 'Preview of ' : ''}${voice} · ${engine}`;
    }

    on_notice(item) {
      this.nameSpeaker(item);
      this.notices.push(item.message);
      aloud.notice(this.notices.join(' '));
    }

    on_waiting(item) {
      if (item.loading) this.say(`Loading ${item.loading}. This happens once, then it stays ready.`);
      else if (item.position) this.say(`Waiting: ${item.position} before you.`);
      else this.say('Waiting for the engine…');
    }

    on_audio(item) {
      if (!this.tape || this.recovering || this.complete) return;
      const first = this.tape.length === 0;
      this.segments[item.segment] ??= { start: this.tape.seconds, end: Infinity };
      if (!this.preview) aloud.addWords(item.segment, item.words);
      this.tape.append(aloud.pcm(item.pcm));
      if (first) aloud.setState('speaking');
      if (aloud.playing) this.live.pump();
      else if (this.following && item.segment >= this.first) this.play(this.segments[item.segment].start);
    }

    on_segment(item) {
      this.segments[item.segment] = { start: item.start, end: item.end };
      if (!this.preview) aloud.setWords(item.segment, item.words);
    }

    /** Word times of an engine that does not tell them come a moment after its sound. */
    on_heard(item) {
      if (this.preview) return;
      aloud.setWords(item.segment, item.words);
      aloud.doubt(item.segment, item.quality, this.samples);
    }

    on_progress(item) {
      Object.assign(this, { chunk: item.chunk, left: item.left });
      if (aloud.state !== 'speaking') return;
      const left = item.left >= 1 ? ` · about ${Math.ceil(item.left)} s left` : '';
      const which = this.chunks > 1 ? `Making sentence ${Math.max(1, item.chunk)} of ${this.chunks}` : 'Making the sound';
      this.say(which + left);
    }

    on_finished(item) {
      if (aloud.state === 'stopped') return;
      this.complete = this.live.complete = true;
      this.downloadable = true;
      aloud.info = item.info;
      aloud.setState('finished');
      const took = item.info.time_to_first_audio_seconds;
      this.say([this.title, this.warnings?.[0], took === null ? '' : `first sound after ${Math.round(took * 1000)} ms`]
        .filter(Boolean).join(' · '));
      if (this.recovering) this.fetch('wav', 'play');
      else {
        this.live.pump();
        if (aloud.playing && this.rate !== 1) this.play(this.position);
      }
    }

    on_error(item) {
      this.silence();
      this.complete = true;
      aloud.setState('failed');
      aloud.problem(item.message);
      this.say(this.preview ? item.message : 'That did not work. Your text is still here.');
      const early = !this.tape?.length;
      if (early) aloud.edit();
    }

    on_stopped() {
      if (aloud.state !== 'stopped') {
        this.pause();
        this.stopped();
      }
    }

    fetch(format, purpose = 'download') {
      this.send('fetch_file', { format, purpose });
    }

    gotFile(item, file) {
      if (item.type === 'file_failed') {
        this.say(item.message);
        return;
      }
      if (item.purpose === 'play') this.recover(file.url);
      else {
        const link = Object.assign(document.createElement('a'), { href: file.url, download: item.name });
        document.body.append(link);
        link.click();
        link.remove();
      }
    }

    /** Some of the sound went missing on its way: take all of it from the finished file. */
    async recover(url) {
      const bytes = await (await fetch(url)).arrayBuffer();
      const position = this.position;
      this.tape = new aloud.Tape(this.sampleRate);
      this.tape.append(new Int16Array(bytes.slice(44, bytes.byteLength - (bytes.byteLength % 2))));
      this.recovering = false;
      this.play(position);
    }

    watchdog() {
      const making = aloud.state === 'waiting' || aloud.state === 'speaking';
      if (making && performance.now() - this.heardAt > QUIET_SECONDS * 1000) {
        this.heardAt = performance.now();
        aloud.checkConnection();
      }
    }

    connectionLost() {
      if (aloud.state !== 'waiting' && aloud.state !== 'speaking') return;
      this.complete = this.live.complete = true;
      aloud.setState('failed');
      this.say('The connection was lost before the sound was complete.');
      this.show();
    }

    // ---- What is seen -----------------------------------------------------------------------

    say(text) {
      if (this.parts.says.textContent !== text) this.parts.says.textContent = text;
    }

    show() {
      const { play, download, srt, vtt, making } = this.parts;
      const any = Boolean(this.tape?.length);
      play.disabled = !any;
      play.setAttribute('aria-label', aloud.playing ? 'Pause' : 'Play');
      download.disabled = srt.disabled = vtt.disabled = !this.downloadable;
      const working = aloud.state === 'waiting' || aloud.state === 'speaking';
      making.style.transform = `scaleX(${working && this.chunks ? this.chunk / this.chunks : 0})`;
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
        aloud.light(this.segments.findLastIndex((s) => s && s.start <= at), at);
      }
      cancelAnimationFrame(this.request);
      if (aloud.playing) this.request = requestAnimationFrame(() => this.frame());
    }
  }

  aloud.mountPlayer = (element, props, watch, trigger) => {
    aloud.player = new Player(element, props.sample_rate, trigger);
    aloud.player.reset();
    aloud.player.show();
    watch('value', () => aloud.player.receive(props.value));
  };
})();
