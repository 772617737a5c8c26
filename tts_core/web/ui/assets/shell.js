// What the page's scripts share: state, view, helpers.
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
    settled: false, // whether the server has said once what can be chosen
    view: 'edit',
    $,
  });

  aloud.part = (element, role) => element.querySelector(`[data-role="${role}"]`);

  /** Read a value of this browser; null when there is none or storage is blocked. */
  aloud.load = (key) => {
    try { return localStorage.getItem(`aloud.${key}`); } catch { return null; }
  };
  /** Save a value in this browser; null deletes it. Where storage is blocked, nothing is saved. */
  aloud.save = (key, value) => {
    try {
      if (value === null) localStorage.removeItem(`aloud.${key}`);
      else localStorage.setItem(`aloud.${key}`, value);
    } catch { /* blocked or full */ }
  };

  /** Set a cookie of this page for some seconds; an empty value deletes it. */
  aloud.setCookie = (name, value, seconds) => {
    // Inside another site's frame only such a cookie is sent.
    const framed = location.protocol === 'https:' ? '; SameSite=None; Secure; Partitioned' : '; SameSite=Lax';
    const path = new URL(aloud.path('/'), location.href).pathname;
    document.cookie = `${name}=${value}; Path=${path}; Max-Age=${value ? seconds : 0}${framed}`;
  };

  /** Whether the server is still working on the current request. */
  aloud.isGenerating = () => aloud.state === 'waiting' || aloud.state === 'speaking';
  aloud.setState = (state) => {
    aloud.state = state;
    showBusy();
    dispatchEvent(new Event('aloud:state'));
  };
  aloud.setPlaying = (playing) => {
    if (playing) aloud.claimSound?.();
    aloud.playing = playing;
    showBusy();
    dispatchEvent(new Event('aloud:playing'));
  };
  function showBusy() {
    const generating = aloud.isGenerating();
    aloud.keepFocus(() => {
      root.dataset.aloud = aloud.state;
      root.toggleAttribute('data-making', generating);
      root.toggleAttribute('data-busy', generating || aloud.playing);
    });
  }

  // A browser forgets the focus of what has disappeared without an event: it is known here still.
  let focused = null;
  addEventListener('focusin', ({ target }) => { focused = target; });
  addEventListener('focusout', () => { focused = null; });

  /** Change what is shown. Focus on something that disappears moves to Speak or Stop. */
  aloud.keepFocus = (change) => {
    const active = document.activeElement;
    const before = active === document.body ? focused : active;
    change();
    if (!before || before === document.body || before.checkVisibility()) return;
    if (!before.closest('#text, #speak-button, #stop-button, #script-meta, #reader')) return;
    [$('#stop-button'), $('#speak-button')].find((button) => button?.checkVisibility())?.focus();
  };

  aloud.setView = (view) => {
    aloud.keepFocus(() => { aloud.view = root.dataset.view = view; });
  };
  /** Show the text for editing; `at`: where the caret goes, as an index of the text. */
  aloud.edit = (focus = false, at = null) => {
    const scrolled = aloud.view === 'read' ? aloud.readerScroll?.() : null;
    aloud.view = root.dataset.view = 'edit';
    const field = $('#text textarea');
    if (!field || !focus) return;
    field.focus({ preventScroll: true });
    if (at !== null) field.setSelectionRange(at, at);
    if (scrolled !== null && scrolled !== undefined) field.scrollTop = scrolled;
  };

  /** The same once the Speak tab is shown. */
  aloud.editSoon = (tries = 40) => {
    aloud.edit(true);
    const field = $('#text textarea');
    if (document.activeElement !== field && tries) setTimeout(aloud.editSoon, 50, tries - 1);
  };

  /** Replace the text in the field, as if it had been typed. */
  aloud.setField = (field, text) => {
    field.value = text;
    field.dispatchEvent(new Event('input', { bubbles: true }));
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
  /** Make the children of `parent` match `items` by `request_id`, in order. */
  aloud.keyed = (parent, items, create, update) => {
    const old = new Map([...parent.children].map((child) => [child.dataset.id, child]));
    const wanted = items.map((item) => {
      let child = old.get(item.request_id);
      if (!child) {
        child = create(item);
        child.dataset.id = item.request_id;
      }
      old.delete(item.request_id);
      update?.(child, item);
      return child;
    });
    old.forEach((child) => child.remove()); // Before the others move: moving a playing element would stop it.
    wanted.forEach((child, i) => {
      if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] ?? null);
    });
  };
  /** Run a function as soon as an element is there. */
  aloud.whenThere = (selector, run) => {
    const found = $(selector);
    if (found) { run(found); return; }
    const observer = new MutationObserver(() => {
      const late = $(selector);
      if (!late) return;
      observer.disconnect();
      run(late);
    });
    observer.observe(root, { childList: true, subtree: true });
  };

  /** A function that loads a script and its styles once; after a failure, once more. */
  aloud.loaderOf = ({ script, styles }) => {
    let loading = null;
    const added = (tag, values) => new Promise((done, failed) => {
      document.head.append(Object.assign(document.createElement(tag), { onload: done, onerror: failed, ...values }));
    });
    return () => {
      loading ??= Promise.all([added('link', { rel: 'stylesheet', href: styles }), added('script', { src: script })]);
      loading.catch(() => { loading = null; });
      return loading;
    };
  };

  // Two tabs of this browser do not play over each other.
  const others = window.BroadcastChannel ? new BroadcastChannel('aloud') : null;
  let claimed = false;
  aloud.claimSound = () => {
    if (!aloud.playing || !claimed) others?.postMessage('playing');
    claimed = true;
  };
  others?.addEventListener('message', () => {
    claimed = false;
    if (aloud.playing) aloud.player?.pause();
  });

  root.dataset.view = 'edit';
  root.dataset.aloud = 'idle';
})();
