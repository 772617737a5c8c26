// Export: a format, a file that is made in the background, and its download.
(() => {
  const { make, setText, text, studioButton: button, studioField: field } = aloud;
  const FORMATS = ['m4b', 'mp3', 'acx', 'opus', 'flac', 'wav', 'srt', 'vtt', 'epub', 'project'];
  const AGAIN = 1000; // milliseconds between two questions whether the file is ready

  /** `rename` gets another title or author. */
  aloud.studioExports = (card, api, rename) => {
    const names = [['title', text('studio.title')], ['author', text('studio.author')]].map(([name, words]) => {
      const input = Object.assign(make('input', ''), { type: 'text', maxLength: 200, dir: 'auto', autocomplete: 'off' });
      input.addEventListener('change', () => { if (input.value.trim() || name === 'author') rename({ [name]: input.value.trim() }); });
      return [name, input, words];
    });
    const format = make('select', '');
    format.append(...FORMATS.map((name) => new Option(text(`studio.format.${name}`), name)));
    const told = make('p', 'facts');
    told.setAttribute('role', 'status');
    const problem = make('p', 'problem');
    problem.setAttribute('role', 'alert');
    const link = make('a', 'tool', text('download'));
    const bar = make('progress', '');
    bar.setAttribute('aria-label', text('studio.making_file'));
    const start = button(text('studio.make_file'), run, 'tool main');
    const stop = button(text('cancel'), cancel);
    const buttons = make('div', 'studio-buttons');
    buttons.append(start, stop, link);
    card.append(make('h3', '', text('studio.export')), ...names.map(([, input, words]) => field(words, input)), field(text('studio.format'), format), buttons, bar, told, problem);
    link.hidden = bar.hidden = stop.hidden = true;
    link.download = '';
    let closed = false;
    let runs = 0; // of which only the last one is shown
    let at = null; // the file that it makes
    const known = new Set(); // the files that were begun here, or shown

    function making(is) {
      bar.hidden = stop.hidden = !is;
      bar.removeAttribute('value');
      start.setAttribute('aria-disabled', String(is));
      if (!is && document.activeElement === stop) start.focus();
    }
    /** Show how many chapters of the file are encoded. */
    function show({ done, chapters }) {
      if (!chapters) return;
      Object.assign(bar, { max: chapters, value: done });
      setText(told, text('studio.chapters_done', { done: aloud.number(done), all: aloud.number(chapters) }));
    }
    async function cancel() {
      const job = at;
      runs += 1;
      at = null;
      making(false);
      setText(told, text('studio.cancelled'));
      if (job) await aloud.studioCancel(job).catch((error) => setText(problem, error.message));
    }
    function run() {
      const acx = format.value === 'acx';
      return follow(() => api.export(acx ? 'mp3' : format.value, acx ? 'acx' : ''), () => link.click());
    }
    /** Show a file that is made until it is ready; `begin` returns its first state. */
    async function follow(begin, ready) {
      if (start.getAttribute('aria-disabled') === 'true') return;
      runs += 1;
      const mine = runs;
      making(true);
      link.hidden = true;
      setText(problem, '');
      setText(told, text('studio.making_file'));
      try {
        let state = await begin();
        const { job } = state;
        known.add(job);
        if (mine !== runs) { await aloud.studioCancel(job); return; } // It was cancelled meanwhile.
        at = job;
        while (!state.ready && !closed) {
          show(state);
          await new Promise((done) => { setTimeout(done, AGAIN); });
          if (mine !== runs) return;
          state = await aloud.studioExport(job);
          if (mine !== runs) return;
        }
        if (closed) return;
        link.href = aloud.studioFile(job);
        link.hidden = false;
        setText(told, text('studio.file_ready'));
        ready();
      } catch (error) {
        if (mine !== runs) return;
        setText(told, '');
        setText(problem, error.message);
      }
      making(false);
    }
    format.addEventListener('change', () => { link.hidden = true; setText(told, ''); setText(problem, ''); });
    return {
      /** Show title and author, unless they are being written. */
      show(project) {
        for (const [name, input] of names) if (input !== document.activeElement) input.value = project[name];
      },
      /** Show a file that is being made, begun before the page was left, or in another tab. */
      follow(state) { if (!known.has(state.job)) follow(() => state, () => {}); },
      close: () => { closed = true; },
    };
  };
})();
