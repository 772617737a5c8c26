// The Studio tab: its own scripts and styles are loaded when it is first seen.
(() => {
  aloud.mountStudio = (element, props) => {
    const load = aloud.loaderOf(props);
    const place = aloud.part(element, 'studio');
    let studio = null;
    aloud.watchVisible(element, async (visible) => {
      if (!visible && !studio) return;
      try {
        await load();
        studio ??= aloud.openStudio(place);
        studio.show(visible);
      } catch (error) {
        if (studio) throw error;
        aloud.setText(aloud.part(place, 'wait'), aloud.text('gallery.failed', { why: aloud.text('feed.silent') }));
      }
    });
  };
})();
