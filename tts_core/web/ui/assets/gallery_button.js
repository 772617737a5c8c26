// The button on the voice card that opens the gallery. The gallery's own script and styles are
// loaded when they are about to be wanted.
(() => {
  const SAMPLE = 500; // characters of the text that tell its language

  aloud.mountGalleryButton = (element, props, trigger) => {
    const button = aloud.part(element, 'gallery');
    const load = aloud.loaderOf(props);
    for (const kind of ['pointerenter', 'focus']) button.addEventListener(kind, load);
    button.addEventListener('click', () => {
      const voices = aloud.galleryVoices(); // asked for while the script loads
      load().then(() => aloud.openGallery(trigger, voices), () => {
        aloud.showNote(aloud.text('gallery.failed', { why: aloud.text('feed.silent') }));
      });
    });
    /** Choose a voice in the gallery for something else than the text: `voice` is the present one,
     * `language` what it has to speak, `choose` gets the id of another. */
    aloud.pickVoice = (picking) => {
      const voices = aloud.galleryVoices(picking.language);
      return load().then(() => aloud.openGallery(trigger, voices, picking), () => {
        aloud.showNote(aloud.text('gallery.failed', { why: aloud.text('feed.silent') }));
      });
    };
  };

  /** What the gallery shows; `gallery.js` awaits it and tells of errors. */
  aloud.galleryVoices = (known = null) => {
    const words = known ? '' : (aloud.$('#text textarea')?.value ?? '').slice(0, SAMPLE);
    const language = encodeURIComponent(known ?? aloud.settings.language ?? 'auto');
    const headers = { 'Content-Type': 'text/plain; charset=utf-8' };
    const found = aloud.fetchJson(`/page/voices?language=${language}`, { method: 'POST', body: words, headers });
    found.catch(() => {});
    return found;
  };
})();
