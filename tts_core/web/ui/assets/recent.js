// The last five sounds of this visitor, from the history, below the text.
(() => {
  const { make } = aloud;
  const SHOWN = 5;

  aloud.mountRecent = (element) => {
    const part = (role) => aloud.part(element, role);

    function row(item) {
      const made = make('li', 'take');
      const url = aloud.path(`/status/history/${encodeURIComponent(item.request_id)}/audio`);
      const what = item.text_preview || aloud.text('recent.unsaved');
      const button = aloud.iconButton('play', aloud.text('play.what', { what }), () => aloud.player?.replay(url, what));
      const text = make('span', 'preview', what);
      text.dir = 'auto';
      text.title = what;
      const facts = make('span', 'facts', aloud.length(item.audio_seconds));
      facts.title = aloud.date(item.end_time * 1000, { dateStyle: 'medium', timeStyle: 'medium' });
      made.append(button, text, facts);
      return made;
    }

    let loads = 0;
    async function load() {
      const number = ++loads;
      try {
        const { records } = await aloud.fetchJson('/status/history/search?status=completed&limit=20');
        if (number !== loads) return;
        const kept = records.filter((item) => item.audio).slice(0, SHOWN);
        aloud.keyed(part('takes'), kept, row);
        part('recent').hidden = kept.length === 0;
      } catch { /* The history tab tells of trouble with the history. */ }
    }
    aloud.watchVisible(element.closest('.column') ?? element, (visible) => { if (visible) load(); });
    addEventListener('aloud:state', () => { if (aloud.state === 'finished') setTimeout(load, 300); });
  };
})();
