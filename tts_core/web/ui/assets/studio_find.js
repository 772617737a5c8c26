// Above the table: find and replace, which sentences are listed, undo and redo.
(() => {
  const { make, setText, text, studioButton: button } = aloud;
  const KINDS = ['all', 'doubtful', 'failed', 'waiting', 'locked'];
  const SOON = 250; // milliseconds after the last letter

  /** `changed` is told what is looked for; the rest is done by `act`. */
  aloud.studioFind = (place, { changed, replace, undo, redo, again, back }) => {
    const search = Object.assign(make('input', ''), { type: 'search', placeholder: text('search'), maxLength: 200, autocomplete: 'off' });
    search.setAttribute('aria-label', text('search'));
    const kind = make('select', '');
    kind.setAttribute('aria-label', text('studio.filter'));
    kind.append(...KINDS.map((name) => new Option(text(`studio.kind.${name}`), name)));
    const by = Object.assign(make('input', ''), { type: 'text', placeholder: text('studio.replace'), maxLength: 200, autocomplete: 'off' });
    by.setAttribute('aria-label', text('studio.replace'));
    const all = button(text('studio.replace_all'), () => replace(search.value, by.value));
    const count = make('p', 'facts');
    count.setAttribute('role', 'status');
    const remake = button(text('studio.again_all'), again);
    const steps = make('div', 'studio-steps');
    const [back_, forth] = [aloud.iconButton('undo', text('studio.undo'), undo), aloud.iconButton('redo', text('studio.redo'), redo)];
    steps.append(back_, forth);
    const second = make('div', 'studio-second');
    second.append(by, all);
    const told = make('div', 'studio-counted');
    told.append(count, remake);
    place.append(search, kind, steps, second, told);

    const value = () => ({ find: search.value, kind: kind.value });
    let timer = 0;
    const now = () => { second.hidden = !search.value; changed(value()); };
    search.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(now, SOON); });
    kind.addEventListener('change', now);
    for (const box of [search, by]) {
      box.addEventListener('keydown', (event) => {
        if (event.isComposing) return;
        if (event.key === 'Enter' && box === by) all.click();
        else if (event.key === 'Enter' || (event.key === 'ArrowDown' && box === search)) back();
        else if (event.key === 'Escape') {
          search.value = '';
          now();
          back();
        } else return;
        event.preventDefault();
        event.stopPropagation();
      });
    }
    second.hidden = told.hidden = true;
    return {
      value,
      focus: () => search.select(),
      list(name) { kind.value = name; now(); },
      /** Tell how many are listed; null: all. */
      counted(number) {
        told.hidden = number === null;
        if (number === null) return;
        setText(count, number ? text('studio.sentences', { count: number }) : text('studio.none_found'));
        remake.hidden = !number;
      },
      /** Tell what has been done with those that are listed. */
      told(words) {
        told.hidden = false;
        setText(count, words);
      },
      steps(undoable, redoable) {
        const had = document.activeElement;
        back_.disabled = !undoable;
        forth.disabled = !redoable;
        if (had?.disabled) back();
      },
    };
  };
})();
