// The sound of a voice in the gallery: 16-bit samples, played while they arrive. One at a time.
(() => {
  const RATE = 24000; // Hz, of every sound
  const { text } = aloud;
  const live = new aloud.LivePlayback(() => aloud.gallerySound.stop());
  let current = null;
  let abort = null;

  /** Stop the sound. What is still being made of it arrives all the same, to be kept. */
  function stop() {
    const ended = current;
    current = null;
    live.stop();
    ended?.show(false);
  }
  /** Stop the sound, and its making. */
  function end() {
    stop();
    abort?.abort();
  }

  async function stream(mine, route) {
    const answer = await fetch(aloud.path(route), { signal: abort.signal });
    if (!answer.ok) {
      const found = await answer.json().catch(() => ({}));
      throw new Error(aloud.said(found.error?.message ?? text('feed.error', { status: String(answer.status) })));
    }
    const buffer = new aloud.PcmBuffer(RATE);
    const reader = answer.body.getReader();
    let odd = new Uint8Array(); // the first byte of a sample whose second has not arrived
    for (;;) {
      const { done, value } = await reader.read();
      if (mine !== current && !done) continue;
      if (mine !== current) return;
      if (value) {
        const bytes = new Uint8Array(odd.length + value.length);
        bytes.set(odd);
        bytes.set(value, odd.length);
        odd = bytes.slice(bytes.length & ~1);
        buffer.append(new Int16Array(bytes.buffer, 0, bytes.length >> 1));
      }
      if (!live.running && buffer.length) live.play(buffer, 0, done);
      live.complete = done;
      live.pump();
      if (!done) continue;
      if (!buffer.length) stop();
      return;
    }
  }

  /** Play the sound at a route; `show` is told whether it plays, `failed` what went wrong. */
  async function play(route, show, failed) {
    end();
    abort = new AbortController();
    if (aloud.playing || aloud.isGenerating()) aloud.player?.pause();
    aloud.claimSound();
    const mine = current = { show };
    show(true);
    live.wake(RATE);
    try {
      await stream(mine, route);
    } catch (error) {
      if (mine !== current) return; // It was stopped.
      stop();
      failed(error instanceof TypeError ? text('feed.silent') : error.message);
    }
  }

  aloud.gallerySound = { play, stop, end, wake: () => live.wake(RATE) };
})();
