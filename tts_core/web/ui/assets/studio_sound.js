// The sound of sentences, in the player at the bottom: one, then those that follow it.
(() => {
  const { text } = aloud;

  class Sound {
    /** `segment`: returns the sentence at a place, or asks for it; `shown` is told what plays. */
    constructor(api, segment, shown, trouble) {
      Object.assign(this, { api, segment, shown, trouble, url: null, index: -1, takes: 0 });
      this.ended = () => this.next();
      this.changed = () => { if (this.mine === false) this.forget(); };
      this.playing = () => { if (this.url) this.shown(this.mine ? this.index : -1); };
      addEventListener('aloud:playing', this.playing);
      addEventListener('aloud:ended', this.ended);
      addEventListener('aloud:state', this.changed);
    }

    /** Whether what the player has is of this project. */
    get mine() { return this.url !== null && aloud.player?.saved === this.url; }

    forget() {
      this.url = null;
      this.index = -1;
      clearTimeout(this.timer);
      this.shown(-1);
    }

    /** Play the sentence at a place, or stop it. */
    async toggle(index) {
      if (this.mine && this.index === index && this.going) { aloud.player.toggle(); return; }
      await this.play(index);
    }

    /** Play a sentence and those that follow; `take`: one take alone. */
    async play(index, take = null) {
      clearTimeout(this.timer);
      const segment = await this.segment(index);
      if (!segment) return;
      if (take === null && !segment.sound) { this.trouble(text('studio.no_sound')); return; }
      this.index = index;
      this.going = take === null;
      this.url = this.api.sound(index, take);
      this.shown(index);
      await aloud.player.replay(this.url, segment.text);
    }

    async next() {
      if (!this.mine || !this.going) return;
      const { index } = this;
      const [here, after] = [await this.segment(index), await this.segment(index + 1)];
      if (!this.mine || this.index !== index) return;
      if (!after?.sound) return;
      this.timer = setTimeout(() => {
        if (this.mine && this.index === index && !aloud.playing) this.play(index + 1);
      }, 1000 * (here?.pause_after_seconds ?? 0));
    }

    close() {
      clearTimeout(this.timer);
      if (this.mine && aloud.playing) aloud.player.pause();
      removeEventListener('aloud:playing', this.playing);
      removeEventListener('aloud:ended', this.ended);
      removeEventListener('aloud:state', this.changed);
    }
  }
  aloud.StudioSound = Sound;
})();
