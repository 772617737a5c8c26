// Below the text: its length, its estimated duration, errors, notices, what was restored.
(() => {
  const { $, text: words } = aloud;
  const root = document.documentElement;
  const CHARACTERS_PER_SECOND = 16; // at speed 1; similar for prose in most alphabets
  const PAUSE = 0.6; // seconds that the end of a sentence adds
  const [SLOW, FAST] = [0.4, 2.5]; // bounds of the learned pace
  const TITLE = 60; // characters of the first line, of which the Studio makes a title
  const SYLLABIC = /[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]/gu; // one syllable per character
  const SENTENCE_END = /[.!?…。！？।؟]+(?=\s|$)|[。！？]|\n\s*\n/gu;
  const meta = { limit: Infinity, studio: 0, text: '', speed: 1 }; // `studio`: characters of its longest text

  /** Estimated duration of a text in seconds. */
  aloud.estimate = (text, speed = 1) => {
    const syllables = text.match(SYLLABIC)?.length ?? 0;
    const sentences = text.match(SENTENCE_END)?.length ?? 0;
    return (pace * ((text.trim().length + 2 * syllables) / CHARACTERS_PER_SECOND + PAUSE * sentences)) / speed;
  };
  let pace = Number(aloud.load('pace')) || 1; // how much longer than estimated speech has been here
  addEventListener('storage', ({ key, newValue }) => { // Another tab has learned it.
    if (key !== 'aloud.pace') return;
    pace = Number(newValue) || pace;
    showMeta();
  });
  /** Learn from a text that has been spoken how fast the voices chosen here speak. */
  aloud.learnPace = (text, speed, seconds) => {
    if (seconds < 2) return;
    const found = (pace * seconds) / aloud.estimate(text, speed);
    pace = Math.min(Math.max((pace + found) / 2, SLOW), FAST);
    aloud.save('pace', pace.toFixed(3));
    showMeta();
  };
  aloud.mountMeta = (element, props) => {
    meta.element = element;
    Object.assign(meta, { limit: props.limit, studio: props.studio });
    aloud.part(element, 'edit').addEventListener('click', () => aloud.edit(true, aloud.readingAt?.() ?? null));
    aloud.part(element, 'clear-text').addEventListener('click', () => aloud.clearDraft());
    aloud.whenThere('#text textarea', describe);
    aloud.showRestored(Boolean(meta.restored)); // The text may have been restored before.
    showMeta();
  };
  /** Tie the count, and errors while there are some, to the field. */
  function describe(field) {
    const told = meta.element && !aloud.part(meta.element, 'problem').hidden;
    field.setAttribute('aria-describedby', told ? 'text-problem' : 'text-count');
    field.setAttribute('aria-invalid', String(Boolean(told)));
  }
  aloud.textChanged = (text) => {
    if ((text ?? '') === meta.text) return;
    meta.text = text ?? '';
    aloud.showError('');
    aloud.showNotice('');
    aloud.player?.forgetFailure();
    aloud.hideReadings();
    showMeta();
  };
  aloud.speedChanged = (speed) => {
    meta.speed = speed || 1;
    showMeta();
  };
  /** Show an error about the text below it; an empty message clears it. `ways`: buttons that lead on. */
  aloud.showError = (message, ...ways) => {
    if (!meta.element) return;
    const place = aloud.part(meta.element, 'problem');
    place.replaceChildren(message, ...ways);
    place.hidden = !message;
    root.toggleAttribute('data-problem', Boolean(message));
    if ($('#text textarea')) describe($('#text textarea'));
  };
  /** Show a notice, such as a fallback to another engine; an empty message clears it. */
  aloud.showNotice = (message) => {
    if (!meta.element) return;
    const place = aloud.part(meta.element, 'notice');
    place.textContent = message;
    place.hidden = !message;
  };
  aloud.showRestored = (shown) => {
    meta.restored = shown;
    if (meta.element) aloud.part(meta.element, 'restored').hidden = !shown;
  };
  function showMeta() {
    if (!meta.element) return;
    const length = [...meta.text].length;
    const count = aloud.part(meta.element, 'count');
    count.textContent = words('meta.count', { length, count: meta.limit });
    count.classList.toggle('over', length > meta.limit);
    const seconds = Math.round(aloud.estimate(meta.text, meta.speed));
    const spoken = seconds < 90 ? words('unit.s', { value: Math.max(seconds, 1) }) : words('unit.min', { value: Math.round(seconds / 60) });
    aloud.part(meta.element, 'length').textContent = length ? words('meta.duration', { time: spoken }) : '';
  }

  /** What keeps the text from being spoken, known without asking the server; "" if nothing does. */
  function obstacle() {
    const text = $('#text textarea')?.value ?? '';
    const length = [...text].length;
    if (!aloud.online) return words('problem.offline');
    if (!text.trim()) return words('problem.empty');
    if (length > meta.limit) return words('problem.too_long', { most: meta.limit, over: length - meta.limit });
    return '';
  }
  /** Whether the text can be spoken; otherwise what is in the way is said beside the text. */
  aloud.canSpeak = () => {
    const problem = obstacle();
    if (!problem) return true;
    const at = aloud.view === 'read' ? aloud.readingAt?.() : null;
    aloud.edit(true, at ?? null);
    aloud.showError(problem, ...wayOn());
    return false;
  };
  /** The way on from a text that is too long: a button, where the Studio takes such a text. */
  function wayOn() {
    const text = $('#text textarea')?.value ?? '';
    const length = [...text].length;
    if (!aloud.online || length <= meta.limit || length > meta.studio) return [];
    const way = aloud.make('button', 'tool', words('document.open'));
    way.type = 'button';
    way.addEventListener('click', () => {
      const first = text.replaceAll('"', '').trim().split('\n')[0].trim(); // Forms would send quotes as %22.
      const name = [...first].slice(0, TITLE).join('') || 'text';
      aloud.openInStudio(new File([text], `${name}.txt`, { type: 'text/plain' }));
      aloud.showError(''); // The text stays here.
    });
    return [way];
  }

  /** The button above an engine's parameters shows and hides them. */
  aloud.mountFineTuning = () => {
    const button = $('#more-button');
    const show = (open) => {
      root.toggleAttribute('data-more', open);
      button.setAttribute('aria-expanded', String(open));
    };
    button.setAttribute('aria-controls', 'more-fields');
    button.addEventListener('click', () => show(!root.hasAttribute('data-more')));
    show(false);
  };
})();
