// What belongs to no one component: state, theme, keyboard, counts, connection.
(() => {
  const root = document.documentElement;
  const $ = (selector) => document.querySelector(selector);

  /** Everything the parts share, and what tests look at. */
  const aloud = (window.aloud = {
    state: 'idle', // idle, waiting, speaking, finished, stopped, failed
    playing: false,
    started: 0, // buffers given to the sound card for this request
    gaps: 0, // of them, those that came too late to follow seamlessly
    clickedAt: null, // performance.now() of the last Speak
    firstSoundAt: null, // performance.now() at which its first buffer sounds
    requestId: null,
    online: true,
    view: 'edit',
  });

  aloud.part = (element, role) => element.querySelector(`[data-role="${role}"]`);

  aloud.setState = (state) => {
    aloud.state = state;
    showBusy();
  };
  aloud.setPlaying = (playing) => {
    aloud.playing = playing;
    showBusy();
  };
  function showBusy() {
    const making = aloud.state === 'waiting' || aloud.state === 'speaking';
    root.dataset.aloud = aloud.state;
    root.toggleAttribute('data-making', making);
    root.toggleAttribute('data-busy', making || aloud.playing);
  }

  aloud.setView = (view) => {
    aloud.view = root.dataset.view = view;
  };
  aloud.edit = (focus = false) => {
    aloud.setView('edit');
    if (focus) $('#text textarea')?.focus();
  };

  // Light and dark: the visitor's choice, else the system's. Gradio sets the class by itself,
  // from the address and the system only.
  const darkSystem = matchMedia('(prefers-color-scheme: dark)');
  const remembered = () => {
    try { return localStorage.getItem('aloud.theme'); } catch { return null; }
  };
  const wantsDark = () => (remembered() ?? (darkSystem.matches ? 'dark' : 'light')) === 'dark';
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
    const showPill = () => {
      const engines = JSON.parse(props.value?.json ?? '[]');
      const ready = engines.filter((engine) => engine.ready);
      pill.classList.toggle('missing', ready.length === 0);
      pill.textContent = ready.length ? `${ready[0].label} ready` : 'No engine ready';
      pill.title = engines
        .map((engine) => `${engine.label}: ${engine.ready ? 'ready' : engine.reason}`)
        .join('\n');
    };
    showPill();
    watch('value', showPill);
    pill.addEventListener('click', () => aloud.openEngines());
    aloud.part(element, 'theme').addEventListener('click', () => {
      const next = wantsDark() ? 'light' : 'dark';
      try { localStorage.setItem('aloud.theme', next); } catch { /* private window: not kept */ }
      if (remembered() !== next) document.body.classList.toggle('dark', next === 'dark');
      else applyTheme();
    });
    applyTheme();
  };

  aloud.openEngines = () => {
    [...document.querySelectorAll('#aloud-tabs [role="tab"]')].at(-1)?.click();
    const find = (tries) => {
      const engines = $('#engines');
      if (engines?.offsetParent) engines.scrollIntoView({ behavior: 'smooth', block: 'start' });
      else if (tries) setTimeout(find, 100, tries - 1);
    };
    find(20);
  };

  /** Text that changes only where it differs, so that nothing flickers. */
  aloud.put = (element, text) => {
    if (element.textContent !== text) element.textContent = text;
  };
  aloud.make = (tag, name, text = '') => {
    const element = document.createElement(tag);
    element.className = name;
    element.textContent = text;
    return element;
  };

  // Under the text: how much there is, how long it will sound, what is wrong with it.
  const CHARACTERS_PER_SECOND = 14; // of speech at speed 1, about the same in most scripts' prose
  const wide = /[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]/gu; // a syllable each
  const meta = { limit: Infinity, text: '', speed: 1 };

  aloud.estimate = (text, speed = 1) => {
    const syllables = text.match(wide)?.length ?? 0;
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
    aloud.problem('');
    aloud.notice('');
    showMeta();
  };
  aloud.speedChanged = (speed) => {
    meta.speed = speed || 1;
    showMeta();
  };
  aloud.problem = (message) => {
    if (!meta.element) return;
    const place = aloud.part(meta.element, 'problem');
    place.textContent = message;
    place.hidden = !message;
    root.toggleAttribute('data-problem', Boolean(message));
    $('#text textarea')?.setAttribute('aria-invalid', String(Boolean(message)));
  };
  /** What is not as it was asked for, but no error. */
  aloud.notice = (message) => {
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
    aloud.part(meta.element, 'length').textContent = length ? `· about ${spoken} spoken` : '';
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

  // Keyboard.
  const press = (selector) => $(selector)?.click();
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (root.hasAttribute('data-busy')) aloud.player?.stop();
      press('#speak-button');
    } else if (event.key === 'Escape' && root.hasAttribute('data-busy') && !$('dialog[open]')) {
      press('#stop-button');
    } else if (event.key === ' ' && !event.target.closest?.('input, textarea, select, button, a, summary, [role="button"], [role="listbox"], [role="tab"], [contenteditable]')) {
      event.preventDefault();
      aloud.player?.toggle();
    }
  }, true);

  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('#speak-button, #preview-button, #stop-button');
    if (!button) return;
    if (button.id === 'stop-button') aloud.player?.stop();
    else aloud.player?.expect(button.id === 'preview-button');
  }, true);

  // Connection: asked for only when something looks wrong, and now and then when idle.
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
