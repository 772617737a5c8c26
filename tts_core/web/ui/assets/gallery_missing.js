// Voices that can be downloaded, at the end of the gallery, as the Engines tab shows their weights.
(() => {
  const { make, setText, text, part } = aloud;

  /** Show in `section` what is missing; `arrived` is called when some of it is here. */
  aloud.galleryMissing = (section, trigger, arrived) => {
    section.innerHTML = `
      <h3>${aloud.html('gallery.missing')}</h3>
      <p class="facts" data-role="state"></p>
      <ul class="weights" data-role="weights"></ul>
      <button type="button" class="tool" data-role="engines">${aloud.html('gallery.engines')}</button>`;
    const state = part(section, 'state');
    const list = part(section, 'weights');
    const rows = aloud.weightsList((...args) => { trigger(...args); aloud.feed.soon(); });
    let missing = new Set();
    let fits = () => true;
    setText(state, text('engines.loading'));

    /** Weights with voices that are not here, or a list of some; of an engine not ready, the first. */
    const wanted = ({ label, ready, weights }) => weights
      .filter((item, i) => !item.ready && (item.voices || item.lists || (!ready && i === 0)))
      .map((item) => ({ ...item, label: item.label === label ? label : `${label} · ${item.label}`, note: note(item) }));
    const note = (item) => [item.voices ? text('engines.voices', { count: item.voices }) : '', item.voices ? '' : item.note].filter(Boolean).join(' · ');

    /** Show only those whose text fits; the section hides with the last of them. */
    function filter(wanted) {
      fits = wanted;
      for (const item of list.children) item.hidden = !fits(item.querySelector('.label').textContent);
      section.dataset.empty = state.hidden && ![...list.children].some((item) => !item.hidden) ? 'yes' : '';
    }

    aloud.feed.add(section, {
      show: ({ engines }) => {
        if (!engines) return;
        const items = engines.flatMap(wanted);
        const names = new Set(items.map((item) => item.name));
        if ([...missing].some((name) => !names.has(name))) arrived();
        missing = names;
        rows(list, items);
        state.hidden = true;
        filter(fits);
      },
      trouble: (words) => {
        if (!words) return;
        state.hidden = false;
        setText(state, words);
      },
    });
    return { filter };
  };
})();
