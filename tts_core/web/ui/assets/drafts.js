// The draft: text and settings of the Speak tab, kept in this browser at every change, and given
// back after a reload, a restart of the server or a change of the theme. Nothing of it is sent.
(() => {
  const { $ } = aloud;
  const KEY = 'draft';
  const skipped = () => ({ __type__: 'update' }); // Gradio: leave this component as it is
  const read = () => {
    try { return JSON.parse(aloud.load(KEY)) ?? {}; } catch { return {}; }
  };
  let touched = false; // Whether the user has changed anything: only then values are saved.

  const write = (changes) => aloud.save(KEY, JSON.stringify({ ...read(), ...changes }));
  const touch = () => { touched = true; };
  for (const kind of ['input', 'change', 'click', 'keydown']) addEventListener(kind, touch, true);

  // The text is taken from its field, also before Gradio listens, and from the skeleton's.
  addEventListener('input', ({ target }) => {
    if (!target.closest?.('#text, #aloud-skeleton')) return;
    write({ text: target.value });
    aloud.textChanged(target.value);
    aloud.showRestored(false);
  }, true);

  /** The values of components by name, as they are now. */
  aloud.settings = {};
  const keep = (names, values) => names.forEach((name, i) => { aloud.settings[name] = values[i]; });

  /** Save the values of components by name. */
  aloud.saveDraft = (names, values) => {
    keep(names, values);
    if (!touched) return;
    // `null` is what a component has that is not drawn yet.
    write(Object.fromEntries(names.map((name, i) => [name, values[i]]).filter(([, value]) => value !== null && value !== undefined)));
  };

  /** The saved values in the order of `names`, for Gradio; `now`: the values that are shown. */
  aloud.restoreDraft = (names, now) => {
    keep(names, now);
    if (restores++ > 1) return names.map(skipped); // Later on the controls are the user's.
    const draft = read();
    const values = names.map((name, i) => (name in draft && draft[name] !== now[i] ? draft[name] : skipped()));
    const at = names.indexOf('text');
    const text = draft.text ?? '';
    if (text.trim() && restores === 1) aloud.showRestored(text !== now[at] && !typedInSkeleton);
    leaveSkeleton();
    return values;
  };
  let restores = 0;

  aloud.clearDraft = () => {
    aloud.setField($('#text textarea'), '');
    aloud.showRestored(false);
    aloud.edit(true);
  };

  // The skeleton stands in for the page until Gradio has drawn it; one can write in it at once.
  const skeleton = $('#aloud-skeleton');
  const field = skeleton?.querySelector('textarea');
  let typedInSkeleton = false;
  if (field) {
    const typed = field.value; // before this script ran, or what the browser has kept over a reload
    typedInSkeleton = Boolean(typed) && typed !== read().text;
    if (typed) write({ text: typed });
    else field.value = read().text ?? '';
    field.addEventListener('input', () => { typedInSkeleton = true; });
  }
  function leaveSkeleton() {
    if (!skeleton?.isConnected) return;
    const focused = document.activeElement === field;
    const [start, end] = [field.selectionStart, field.selectionEnd];
    skeleton.remove();
    if (!focused) return;
    setTimeout(() => {
      const real = $('#text textarea');
      real?.focus();
      real?.setSelectionRange(start, end);
    }, 50); // Gradio has set the text by then.
  }
  // Should the page never be drawn, its own words about it must not stay hidden.
  if (skeleton) setTimeout(leaveSkeleton, 60000);
})();
