// Files of the player: what it downloads, sounds of the history, and the repair of lost messages.
// Methods of the class in player.js.
(() => {
  aloud.playerFiles = {
    download(format) {
      if (format === 'saved') this.saveLink(`${this.saved}${this.saved.includes('?') ? '&' : '?'}download=true`, '');
      else this.fetch(format);
    },

    fetch(format, purpose = 'download') {
      this.send('fetch_file', { format, purpose });
    },

    gotFile(item, file) {
      if (item.type === 'file_failed') {
        this.say(aloud.failure(item.message, item.kind));
        return;
      }
      if (item.purpose === 'play') this.recover(file.url);
      else {
        this.saveLink(file.url, item.name);
      }
    },

    saveLink(href, name) {
      const link = Object.assign(document.createElement('a'), { href, download: name });
      document.body.append(link);
      link.click();
      link.remove();
    },

    /** Play a sound of the history; `url`: its address. Call it in a user gesture. */
    async replay(url, title) {
      aloud.forgetBroken();
      if (aloud.isGenerating()) {
        aloud.clickedAt = null;
        document.querySelector('#stop-button')?.click();
      }
      this.stopPlayback();
      this.live.wake(this.sampleRate);
      this.reset();
      Object.assign(this, { preview: true, saved: url, complete: true });
      this.say(aloud.text('player.loading', { title }));
      try {
        const answer = await fetch(url);
        if (!answer.ok) throw new Error(answer.status);
        const sound = await aloud.decodeSound(await answer.arrayBuffer(), this.sampleRate);
        if (this.saved !== url) return; // Something else has been started meanwhile.
        this.buffer = sound;
        this.say(title);
        this.play(0);
      } catch {
        this.saved = null;
        this.say(aloud.text('audio_gone'));
        this.tell(aloud.text('audio_gone'));
      }
      this.show();
    },

    /** Replace the audio with the finished file's, after a message was lost. */
    async recover(url) {
      let bytes;
      try {
        bytes = await (await fetch(url)).arrayBuffer();
      } catch { // The connection is lost again; what has arrived stays.
        this.say(aloud.text('audio_gone'));
        return;
      }
      if (!this.recovering) return; // Another request has begun meanwhile.
      const position = this.position;
      this.buffer = new aloud.PcmBuffer(this.sampleRate);
      const size = new DataView(bytes).getUint32(40, true); // The file's signature comes after its sound.
      this.buffer.append(new Int16Array(bytes, 44, size / 2));
      this.recovering = false;
      this.play(position);
    },
  };
})();
