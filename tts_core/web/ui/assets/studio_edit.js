// The text of a sentence, edited in its row; and the card of the sentence that the table is at, or
// of those that are selected: takes, voice, speaker, pause, lock.
(() => {
  const { make, setText, text, studioButton: button, studioField: field } = aloud;
  const LONGEST = 5000; // characters of a sentence

  /** Edit the text of a row in place. `saved` gets the text, `split` where to cut it; both return
   * whether that went well. */
  aloud.studioEditor = (rows, { saved, split, again }) => {
    let open = null;

    function close(back) {
      if (!open) return;
      const { box } = open;
      open = null;
      rows.drawing = null;
      box.remove();
      if (back) rows.grid.focus({ preventScroll: true });
    }
    /** Do something with what is written. It stays open, with its text, if that fails. */
    async function done(work, back) {
      if (!open || open.area.readOnly) return;
      const mine = open;
      mine.area.readOnly = true;
      const well = await work(mine.segment, mine.area.value);
      mine.area.readOnly = false;
      if (well && open === mine) close(back && mine.box.contains(document.activeElement));
      else if (!well) mine.area.focus();
    }
    const save = (back, then = null) => done(async (segment, words) => {
      if (words.trim() && words.trim() !== segment.text) return saved(segment, words.trim());
      then?.(segment);
      return true;
    }, back);

    return {
      get open() { return open !== null; },
      start() {
        const segment = rows.current;
        if (!segment || open) return;
        const box = make('div', 'studio-editor');
        const { at } = rows;
        rows.drawing = () => { box.style.transform = `translateY(${at * rows.height}px)`; }; // Turned phones have other rows.
        rows.drawing();
        const area = make('textarea', '');
        Object.assign(area, { value: segment.text, maxLength: LONGEST, dir: 'auto', spellcheck: true });
        area.setAttribute('aria-label', text('studio.edit'));
        const tools = make('div', 'tools');
        const cut = button(text('studio.split'), () => done((s, words) => split(s, words, area.selectionStart), true));
        tools.append(button(text('studio.save'), () => save(true), 'tool main'), cut, button(text('cancel'), () => close(true)));
        tools.addEventListener('pointerdown', (event) => event.preventDefault()); // The cursor stays where it is.
        box.append(area, tools);
        rows.body.append(box);
        open = { box, area, segment };
        const grow = () => { area.style.height = '0'; area.style.height = `${Math.max(rows.height - 16, area.scrollHeight + 2)}px`; };
        area.addEventListener('input', grow);
        area.addEventListener('keydown', (event) => {
          if (event.isComposing) return;
          const command = event.ctrlKey || event.metaKey;
          if (event.key === 'Escape') close(true);
          else if (event.key === 'Enter' && event.altKey) cut.click();
          else if (event.key === 'Enter' && command) save(true, (s) => again([s.index]));
          else if (event.key === 'Enter' && !event.shiftKey) save(true);
          else return;
          event.preventDefault();
          event.stopPropagation();
        });
        box.addEventListener('focusout', (event) => { if (open && !box.contains(event.relatedTarget)) save(false); });
        grow();
        area.focus();
        area.setSelectionRange(area.value.length, area.value.length);
      },
    };
  };

  /** The card of what is chosen. `act`: what its controls do. */
  aloud.studioCard = (card, rows, act) => {
    let drawn = '';
    const title = make('h3', '');
    const body = make('div', 'studio-fields');
    const state = make('p', 'facts');
    card.append(title, state, body);

    function check(words, value, change) {
      const label = make('label', 'studio-check');
      const box = Object.assign(make('input', ''), { type: 'checkbox', checked: value });
      box.addEventListener('change', () => change(box.checked));
      label.append(box, words);
      return label;
    }
    function voices(chosen, several) {
      const select = make('select', '');
      const first = [['', text('studio.speakers_voice')]];
      aloud.studioVoiceOptions(select, act.language(), several ? '?' : chosen, several ? [['?', text('studio.choose')], ...first] : first);
      select.addEventListener('change', () => { if (select.value !== '?') act.change({ voice: select.value }); });
      return field(text('voice'), select);
    }
    function pause(value) {
      return field(text('studio.pause_after'), aloud.studioNumber(value, [0, 60, 0.1], (seconds) => act.change({ pause_after_seconds: seconds })));
    }
    function speaker(segment) {
      const name = Object.assign(make('input', ''), { type: 'text', value: segment.speaker, maxLength: 200, placeholder: text('studio.narrator'), dir: 'auto' });
      name.setAttribute('list', 'studio-speakers');
      name.addEventListener('change', () => act.change({ speaker: name.value.trim() }));
      return field(text('studio.speaker'), name);
    }

    async function takes(segment, place) {
      const found = await act.takes(segment.index);
      if (!found?.length || drawn !== keyOf([segment])) return;
      const list = make('div', 'studio-takes');
      list.setAttribute('role', 'radiogroup');
      list.setAttribute('aria-label', text('studio.takes'));
      found.forEach((take) => {
        const row = make('div', 'studio-take');
        const label = make('label', 'studio-check');
        const radio = Object.assign(make('input', ''), { type: 'radio', name: 'studio-take', checked: take.number === segment.chosen_take });
        radio.addEventListener('change', () => act.choose(segment, take.number));
        const name = text('studio.take', { number: take.number + 1 });
        label.append(radio, `${name} · ${aloud.length(take.duration)}`);
        row.append(label, aloud.iconButton('play', text('play.what', { what: name }), () => act.play(segment.index, take.number)));
        const facts = take.told.join(' ');
        if (facts) {
          const told = make('p', 'facts', facts);
          told.dir = 'auto';
          row.append(told);
        }
        list.append(row);
      });
      place.replaceChildren(make('h4', '', text('studio.takes')), list);
    }

    const keyOf = (list) => JSON.stringify(list.length === 1 ? [list[0].id, list[0].index, list[0].text, list[0].takes, list[0].chosen_take, list[0].state, list[0].locked, list[0].own_voice, list[0].speaker, list[0].pause_after_seconds, list[0].doubtful] : list.map((s) => s.index));

    /** Draw the card anew where what it shows has changed. */
    function draw() {
      const chosen = rows.chosen;
      const several = rows.selected.size > 1;
      const segment = several ? null : rows.cache.get(chosen[0])?.segment;
      card.hidden = !several && !segment;
      if (card.hidden) { drawn = ''; return; }
      const key = several ? JSON.stringify(chosen) : keyOf([segment]);
      if (key === drawn) return;
      // What is being written stays.
      if (body.contains(document.activeElement) && document.activeElement.matches('input:not([type=radio], [type=checkbox]), select') && drawn.slice(0, 40) === key.slice(0, 40)) return;
      const had = body.contains(document.activeElement);
      drawn = key;
      setText(title, several ? text('studio.selected', { count: chosen.length }) : text('studio.sentence', { number: segment.index + 1 }));
      setText(state, several ? '' : [text(`studio.segment.${aloud.studioLook(segment)}`), segment.error].filter(Boolean).join(' · '));
      const buttons = make('div', 'studio-buttons');
      buttons.append(button(text('studio.again'), () => act.again(chosen), 'tool main'));
      if (several) buttons.append(button(text('studio.lock'), () => act.change({ locked: true })), button(text('studio.unlock'), () => act.change({ locked: false })));
      else buttons.append(button(text('studio.edit'), () => act.edit()));
      if (!several || act.follow(chosen)) buttons.append(button(text(several ? 'studio.merge_selected' : 'studio.merge'), () => act.merge()));
      const place = make('div', '');
      body.replaceChildren(buttons, place, voices(segment?.own_voice ?? '', several));
      if (segment) body.append(speaker(segment), pause(segment.pause_after_seconds), check(text('studio.segment.locked'), segment.locked, (locked) => act.change({ locked })));
      else body.append(pause(''));
      if (segment?.takes) takes(segment, place);
      if (had && !body.contains(document.activeElement)) buttons.querySelector('button').focus();
    }
    return { draw };
  };
})();
