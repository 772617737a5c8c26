// The button on the voice card that opens the gallery. The gallery's own script and styles are
// loaded when they are about to be wanted.
(() => {
  aloud.mountGalleryButton = (element, props, trigger) => {
    const button = aloud.part(element, 'gallery');
    let loading = null;
    const added = (tag, values) => new Promise((done, failed) => {
      document.head.append(Object.assign(document.createElement(tag), { onload: done, onerror: failed, ...values }));
    });
    const load = () => {
      loading ??= Promise.all([
        added('link', { rel: 'stylesheet', href: props.styles }),
        added('script', { src: props.script }),
      ]);
      loading.catch(() => { loading = null; });
      return loading;
    };
    for (const kind of ['pointerenter', 'focus']) button.addEventListener(kind, load);
    button.addEventListener('click', () => load().then(
      () => aloud.openGallery(trigger),
      () => aloud.showNote(aloud.text('gallery.failed', { why: aloud.text('feed.silent') })),
    ));
  };
})();
