// What the components share: state, theme, keyboard shortcuts, text counts, connection.
(() => {
  const root = document.documentElement;
  const $ = (selector) => document.querySelector(selector);

  /** Shared state and functions; tests read the state, too. */
  const aloud = (window.aloud = {
    state: 'idle', // idle, waiting, speaking, finished, stopped, failed
    playing: false,
    started: 0, // audio buffers scheduled for this request
    gaps: 0, // those among them that arrived too late to follow seamlessly
    clickedAt: null, // performance.now() of the last Speak
    firstSoundAt: null, // performance.now() at the start of the first buffer
    requestId: null,
    online: true,
    view: 'edit',
  });

  aloud.part = (element, role) => element.querySelector(`[data-role="${role}"]`);

  /** Whether the server is still working on the current request. */
  aloud.isGenerating = () => aloud.state === 'waiting' || aloud.state === 'speaking';
  aloud.setState = (state) => {
    aloud.state = state;
    showBusy();
  };
  aloud.setPlaying = (playing) => {
    aloud.playing = playing;
    showBusy();
  };
  function showBusy() {
    const generating = aloud.isGenerating();
    root.dataset.aloud = aloud.state;
    root.toggleAttribute('data-making', generating);
    root.toggleAttribute('data-busy', generating || aloud.playing);
  }

  aloud.setView = (view) => {
    aloud.view = root.dataset.view = view;
  };
  aloud.edit = (focus = false) => {
    aloud.setView('edit');
    if (focus) $('#text textarea')?.focus();
  };

  // Light or dark: the user's choice, else the system's. Gradio sets the class from the address and
  // the system only.
  const darkSystem = matchMedia('(prefers-color-scheme: dark)');
  const savedTheme = () => {
    try { return localStorage.getItem('aloud.theme'); } catch { return null; }
  };
  const wantsDark = () => (savedTheme() ?? (darkSystem.matches ? 'dark' : 'light')) === 'dark';
  function applyTheme() {
    if (!document.body) return;
    const dark = wantsDark();
    if (document.body.classList.contains('dark') !== dark) document.body.classList.toggle('dark', dark);
    root.style.colorScheme = dark ? 'dark' : 'light';
    document.body.style.background = 'var(--body-background-fill)';
    $('#aloud-header [data-role="theme"]')
      ?.setAttribute('aria-label', dark ? 'Switch to light mode' : 'Switch to dark mode');
    window.dispatchEvent(new Event('aloud:theme'));
  }
  function watchTheme() {
    applyTheme();
    darkSystem.addEventListener('change', applyTheme);
    new MutationObserver(() => {
      if (document.body.classList.contains('dark') !== wantsDark()) applyTheme();
    }).observe(document.body, { attributes: true, attributeFilter: ['class'] });
  }
  if (document.body) watchTheme();
  else document.addEventListener('DOMContentLoaded', watchTheme);

  aloud.mountHeader = (element, props, watch) => {
    const pill = aloud.part(element, 'engine');
    const update = () => {
      const engines = JSON.parse(props.value?.json ?? '[]');
      const ready = engines.filter((engine) => engine.ready);
      pill.classList.toggle('missing', ready.length === 0);
      pill.textContent = ready.length ? `${ready[0].label} ready` : 'No engine ready';
      pill.title = engines
        .map((engine) => `${engine.label}: ${engine.ready ? 'ready' : engine.reason}`)
        .join('\n');
    };
    update();
    watch('value', update);
    pill.addEventListener('click', () => aloud.openEngines());
    aloud.part(element, 'theme').addEventListener('click', () => {
      const next = wantsDark() ? 'light' : 'dark';
      try { localStorage.setItem('aloud.theme', next); } catch { /* Storage is blocked: valid until reload. */ }
      if (savedTheme() !== next) document.body.classList.toggle('dark', next === 'dark');
      else applyTheme();
    });
    applyTheme();
  };

  aloud.openEngines = () => {
    [...document.querySelectorAll('#aloud-tabs [role="tab"]')].at(-1)?.click();
    const scroll = (tries) => {
      const engines = $('#engines');
      if (engines?.offsetParent) engines.scrollIntoView({ behavior: 'smooth', block: 'start' });
      else if (tries) setTimeout(scroll, 100, tries - 1);
    };
    scroll(20); // The tab is drawn a moment after the click.
  };

  /** Set a text only if it differs, so that nothing flickers. */
  aloud.setText = (element, text) => {
    if (element.textContent !== text) element.textContent = text;
  };
  /** Create an element with a class and a text. */
  aloud.make = (tag, name, text = '') => {
    const element = document.createElement(tag);
    element.className = name;
    element.textContent = text;
    return element;
  };

  // Below the text: its length, its estimated duration, errors.
  const CHARACTERS_PER_SECOND = 14; // at speed 1; similar for prose in most alphabets
  const SYLLABIC = /[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]/gu; // one syllable per character
  const meta = { limit: Infinity, text: '', speed: 1 };

  /** Estimated duration of a text in seconds. */
  aloud.estimate = (text, speed = 1) => {
    const syllables = text.match(SYLLABIC)?.length ?? 0;
    return (text.trim().length + 2 * syllables) / CHARACTERS_PER_SECOND / speed;
  };
  aloud.mountMeta = (element, props) => {
    meta.element = element;
    meta.limit = props.limit;
    aloud.part(element, 'edit').addEventListener('click', () => aloud.edit(true));
    showMeta();
  };
  aloud.textChanged = (text) => {
    if ((text ?? '') === meta.text) return;
    meta.text = text ?? '';
    aloud.showError('');
    aloud.showNotice('');
    showMeta();
  };
  aloud.speedChanged = (speed) => {
    meta.speed = speed || 1;
    showMeta();
  };
  /** Show an error about the text below it; an empty message clears it. */
  aloud.showError = (message) => {
    if (!meta.element) return;
    const place = aloud.part(meta.element, 'problem');
    place.textContent = message;
    place.hidden = !message;
    root.toggleAttribute('data-problem', Boolean(message));
    $('#text textarea')?.setAttribute('aria-invalid', String(Boolean(message)));
  };
  /** Show a notice, such as a fallback to another engine; an empty message clears it. */
  aloud.showNotice = (message) => {
    if (!meta.element) return;
    const place = aloud.part(meta.element, 'notice');
    place.textContent = message;
    place.hidden = !message;
  };
  function showMeta() {
    if (!meta.element) return;
    const length = [...meta.text].length;
    const count = aloud.part(meta.element, 'count');
    count.textContent = `${length.toLocaleString('en')} of ${meta.limit.toLocaleString('en')} characters`;
    count.classList.toggle('over', length > meta.limit);
    const seconds = Math.round(aloud.estimate(meta.text, meta.speed));
    const spoken = seconds < 90 ? `${Math.max(seconds, 1)} s` : `${Math.round(seconds / 60)} min`;
    aloud.part(meta.element, 'length').textContent = length ? `· about ${spoken} of speech` : '';
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

  // Keyboard shortcuts.
  const click = (selector) => $(selector)?.click();
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (root.hasAttribute('data-busy')) aloud.player?.stop();
      click('#speak-button');
    } else if (event.key === 'Escape' && root.hasAttribute('data-busy') && !$('dialog[open]')) {
      click('#stop-button');
    } else if (event.key === ' ' && !event.target.closest?.('input, textarea, select, button, a, summary, [role="button"], [role="listbox"], [role="tab"], [contenteditable]')) {
      event.preventDefault();
      aloud.player?.toggle();
    }
  }, true);

  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('#speak-button, #preview-button, #stop-button');
    if (!button) return;
    if (button.id === 'stop-button') aloud.player?.stop();
    else aloud.player?.prepare(button.id === 'preview-button');
  }, true);

  // Connection: checked when something looks wrong, and every 20 s otherwise.
  aloud.setOnline = (online) => {
    aloud.online = online;
    const banner = $('#aloud-header [data-role="offline"]');
    if (banner) banner.hidden = online;
    root.toggleAttribute('data-offline', !online);
  };
  async function check() {
    const base = (window.gradio_config?.root ?? '').replace(/\/$/, '');
    try {
      const answer = await fetch(`${base}/gradio_api/app_id`, { cache: 'no-store', signal: AbortSignal.timeout(4000) });
      aloud.setOnline(answer.ok || answer.status === 401);
    } catch {
      aloud.setOnline(false);
    }
    if (!aloud.online) aloud.player?.connectionLost();
    clearTimeout(check.timer);
    check.timer = setTimeout(check, aloud.online ? 20000 : 3000);
  }
  aloud.checkConnection = check;
  check.timer = setTimeout(check, 20000);
  addEventListener('offline', check);
  addEventListener('online', check);

  aloud.setView('edit');
  showBusy();
})();
