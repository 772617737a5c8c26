// A connection that is lost in mid-speech. What has arrived plays on; when the connection is back,
// the rest comes as before, or, if the stream has broken, from the history, where the server has put
// the finished sound. Gradio reloads the page then: what is missing is remembered over the reload.
// Methods of the class in player.js.
(() => {
  const KEY = 'aloud.broken';
  const QUIET = 2500; // ms without a message: the stream is lost, too
  const [PAUSE, TRIES] = [1500, 40]; // ms between tries to get the finished sound

  function remember(broken) {
    try { sessionStorage.setItem(KEY, JSON.stringify(broken)); } catch { /* blocked or full */ }
  }
  function remembered() {
    try { return JSON.parse(sessionStorage.getItem(KEY)); } catch { return null; }
  }
  aloud.forgetBroken = () => {
    try { sessionStorage.removeItem(KEY); } catch { /* blocked */ }
  };

  const soundOf = (request) => aloud.path(`/status/history/${encodeURIComponent(request)}`);

  /** The bytes of a request's sound as soon as it has ended; null if it ended without one. */
  async function finished(request, wanted) {
    for (let tries = 0; tries < TRIES && wanted(); tries++) {
      try {
        const sound = await fetch(`${soundOf(request)}/audio`);
        if (sound.ok) return await sound.arrayBuffer();
        if ((await fetch(soundOf(request))).ok) return null;
      } catch { /* still no connection */ }
      await new Promise((done) => { setTimeout(done, PAUSE); });
    }
    return null;
  }

  aloud.brokenStream = {
    connectionLost() {
      if (!aloud.isGenerating() || this.lost) return;
      if (!this.buffer?.length) {
        this.endHere('failed');
        this.announce(aloud.text('lost.nothing'));
        aloud.edit();
        return;
      }
      if (performance.now() - this.lastMessageAt < QUIET) return; // Looked at again while offline.
      this.lost = true;
      remember({ request: aloud.requestId, title: this.title, at: this.position });
      this.announce(aloud.text('lost.plays_on'));
    },

    connectionBack() {
      if (!this.lost) return;
      this.announce(aloud.text('lost.back'));
      setTimeout(() => { if (this.lost) this.fetchRest(); }, QUIET);
    },

    /** The stream has broken for good: take the sound from the history, at the same position. */
    async fetchRest() {
      const request = aloud.requestId;
      const wanted = () => this.lost && aloud.requestId === request;
      const found = await this.whole(request, wanted);
      if (!wanted()) return;
      if (found) {
        const [playing, at] = [aloud.playing, this.position];
        this.stopPlayback();
        this.take(found, request, at);
        if (playing) this.play(at);
      } else {
        this.endHere('failed');
        this.announce(aloud.text('lost.part'));
      }
    },

    /** After a reload that a lost connection has brought: offer the sound where it broke off. */
    async resume() {
      const broken = remembered();
      if (!broken?.request) return;
      this.announce(aloud.text('lost.looking'));
      const wanted = () => !this.buffer && remembered()?.request === broken.request;
      const found = await this.whole(broken.request, wanted);
      if (!wanted()) return;
      aloud.forgetBroken();
      if (!found) {
        this.announce(aloud.text('lost.part'));
        return;
      }
      this.title = broken.title;
      this.preview = true; // The text may be another by now.
      this.take(found, broken.request, Math.min(broken.at, found.seconds));
      this.announce(aloud.text('lost.resume'));
    },

    async whole(request, wanted) {
      const bytes = await finished(request, wanted);
      return bytes ? aloud.decodeSound(bytes, this.sampleRate).catch(() => null) : null;
    },

    take(sound, request, at) {
      Object.assign(this, { buffer: sound, at, saved: `${soundOf(request)}/audio` });
      this.endHere('finished');
      this.say(this.title);
      this.show();
    },

    /** Show a text and tell it to screen readers. */
    announce(text) {
      this.say(text);
      this.tell(text);
      this.show();
    },
  };
})();
