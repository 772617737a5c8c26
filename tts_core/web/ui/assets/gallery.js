// The gallery of voices: a drawer that is drawn when it is first opened. Keyboard: arrows move,
// Enter chooses, Space plays, a letter or "/" searches, Esc closes. Names are inserted as text only.
(() => {
  const { make, setText, text, part, $ } = aloud;
  const { base, folded } = aloud.galleryRows;
  const PAGE = 8; // rows that Page Up and Page Down move by
  const [FIRST, CHUNK] = [24, 60]; // rows that are drawn at once, and then at a time
  const QUIET = 250; // milliseconds before a new count of results is announced
  const LETTERS = ['A', 'B', 'C', 'D'];
  const [YOURS, MANY] = ['yours', 'mul'];

  /** The words of a search. Latin ones match beginnings of words, so that "male" is not "female". */
  const searched = (words) => folded(words).split(/[\s()_–-]+/).filter(Boolean)
    .map((word) => (/^[\p{Script=Latin}\d]/u.test(word) ? ` ${word}` : word));

  class Gallery {
    constructor(trigger) {
      this.trigger = trigger;
      this.rows = [];
      this.groups = [];
      this.drawn = '';
      this.draw();
      this.listen();
    }

    // ---- What is always there -----------------------------------------------------------------

    draw() {
      const dialog = this.dialog = make('dialog', 'gallery');
      dialog.setAttribute('aria-labelledby', 'gallery-title');
      const key = (name, does) => `<span><kbd>${name}</kbd> ${aloud.html(does)}</span>`;
      dialog.innerHTML = `
        <div class="gallery-head">
          <h2 id="gallery-title">${aloud.html('gallery.title')}</h2>
          <p class="facts" data-role="count" role="status"></p>
          <button type="button" class="round" data-role="close" aria-label="${aloud.html('close')}"></button>
        </div>
        <div class="gallery-find" role="search">
          <input type="text" role="searchbox" data-role="search" autocomplete="off" spellcheck="false" maxlength="100"
            aria-label="${aloud.html('search')}" placeholder="${aloud.html('gallery.search')}">
          <div class="gallery-filters" data-role="filters"></div>
        </div>
        <div class="gallery-list" data-role="list">
          <p class="facts" data-role="note" role="status"></p>
          <div data-role="groups"></div>
          <section class="missing" data-role="missing"></section>
        </div>
        <p class="trouble" data-role="trouble" role="alert" hidden></p>
        <p class="keys">${key('↑ ↓', 'gallery.key_move')}${key(aloud.html('key.enter'), 'gallery.key_choose')}${key(aloud.html('key.space'), 'gallery.key_play')}${key('/', 'gallery.key_search')}</p>`;
      part(dialog, 'close').append(aloud.icon('close'));
      this.search = part(dialog, 'search');
      this.filters = Object.fromEntries(['language', 'gender', 'grade', 'engine'].map((name) => {
        const select = make('select', '');
        select.setAttribute('aria-label', text(name === 'grade' ? 'gallery.grade_label' : name));
        part(dialog, 'filters').append(select);
        return [name, select];
      }));
      const yours = make('label', 'yours');
      this.yours = Object.assign(make('input', ''), { type: 'checkbox' });
      yours.append(this.yours, text('voices.title'));
      part(dialog, 'filters').append(yours);
      const panel = aloud.blendPanel();
      dialog.insertBefore(panel, part(dialog, 'trouble'));
      this.blend = aloud.galleryBlend(panel, {
        play: (...of) => this.play(...of),
        choose: (voice) => this.choose(voice),
        picked: (voices) => this.showPicked(voices),
        left: () => this.focus(this.current),
        saved: (words) => { this.trouble(words, true); this.load(); },
        failed: (words) => this.trouble(words),
      });
      this.ahead = aloud.galleryAhead(part(dialog, 'list'), (voice) => this.heard(voice));
      this.missing = aloud.galleryMissing(part(dialog, 'missing'), this.trigger, () => this.load());
      part(dialog, 'missing').addEventListener('click', ({ target }) => {
        if (target.dataset.role !== 'engines') return;
        dialog.close();
        aloud.openTab('engines');
      });
      $('.gradio-container:not(#aloud-skeleton)').append(dialog);
    }

    listen() {
      const { dialog } = this;
      part(dialog, 'close').addEventListener('click', () => dialog.close());
      dialog.addEventListener('click', (event) => this.click(event));
      dialog.addEventListener('close', () => aloud.gallerySound.end()); // Focus returns by itself.
      dialog.addEventListener('keydown', (event) => this.key(event));
      dialog.addEventListener('keyup', (event) => {
        // The rest of a press of Space, which plays; a click would choose.
        if (event.key === ' ' && event.target.matches('.who')) event.preventDefault();
      });
      this.search.addEventListener('input', () => this.filter());
      for (const control of [...Object.values(this.filters), this.yours]) control.addEventListener('change', () => this.filter());
    }

    async open(voices, picking) {
      this.picking = picking; // See `aloud.pickVoice`.
      this.trouble('');
      this.clear();
      this.ahead.again();
      aloud.gallerySound.wake(); // in the gesture that browsers require
      this.dialog.showModal();
      if (matchMedia('(pointer: fine)').matches) this.search.focus();
      if (!this.rows.length) setText(part(this.dialog, 'note'), text('loading'));
      await this.load(voices, true);
    }

    /** Show all voices. */
    clear() {
      this.search.value = '';
      this.yours.checked = false;
      for (const select of Object.values(this.filters)) select.value = '';
      if (this.rows.length) this.filter();
    }

    /** Show the voices; `opening`: and the one that is chosen. */
    async load(voices = aloud.galleryVoices(this.picking?.language), opening = false) {
      try {
        const found = await voices;
        const drawn = JSON.stringify(found);
        if (drawn !== this.drawn) this.fill(found);
        this.drawn = drawn;
      } catch (error) {
        setText(part(this.dialog, 'note'), '');
        this.trouble(text('gallery.failed', { why: error.message }));
        return;
      }
      this.showChosen(opening);
    }

    // ---- The voices ---------------------------------------------------------------------------

    fill({ language, languages, engines, voices }) {
      Object.assign(this, { language, languages, engines });
      const automatic = { id: 'default', engine: 'auto', name: text('automatic'), about: text('gallery.automatic') };
      const groups = new Map();
      for (const voice of voices) {
        voice.canBlend = Boolean(engines[voice.engine]?.blends);
        const group = voice.engine === 'library' ? YOURS : base(voice.language || MANY);
        if (!groups.has(group)) groups.set(group, { id: group, natural: false, voices: [] });
        groups.get(group).voices.push(voice);
        if (engines[voice.engine]?.natural) groups.get(group).natural = true;
      }
      const sorted = [...groups.values()].sort((a, b) => this.rank(a) - this.rank(b) || this.title(a.id).localeCompare(this.title(b.id), aloud.language));
      this.groups = [{ id: '', voices: [automatic] }, ...sorted].map((group) => this.group(group));
      this.rows = this.groups.flatMap((group) => group.rows);
      this.current = null;
      this.unbuilt = this.rows.slice();
      this.ahead.clear();
      part(this.dialog, 'groups').replaceChildren();
      this.options(sorted);
      this.filter();
      this.build(FIRST);
      this.rove(this.visible[0] ?? null);
    }

    /** Draw more rows, and the rest soon: what is seen first waits for no others. */
    build(count) {
      clearTimeout(this.building);
      this.template ??= this.makeTemplate();
      for (const row of this.unbuilt.splice(0, count)) this.drawRow(row);
      if (this.unbuilt.length) this.building = setTimeout(() => this.build(CHUNK));
    }

    /** The order of groups: yours, the text's language, those with natural voices, the others. */
    rank({ id, natural, voices }) {
      if (id === YOURS) return 0;
      if (id === this.language) return 1;
      if (id === MANY) return voices.some((voice) => this.speaks(voice, this.language)) ? 2 : 3;
      return natural ? 3 : 4;
    }

    title(id) {
      if (id === YOURS) return text('voices.title');
      return id === MANY ? text('gallery.several') : this.languages[id]?.name ?? id;
    }

    speaks(voice, language) {
      if (voice.languages) return voice.languages.some((code) => base(code) === language);
      return voice.engine === 'library' && !voice.language ? true : base(voice.language ?? '') === language;
    }

    group({ id, voices }) {
      const group = { id, element: make('section', ''), list: make('ul', '') };
      if (id) {
        const title = make('h3', '', this.title(id));
        title.id = `gallery-${id}`;
        group.element.setAttribute('aria-labelledby', title.id);
        group.element.append(title);
      }
      group.element.append(group.list);
      group.rows = voices.map((voice) => this.row(voice, group));
      return group;
    }

    // ---- Search and filters -------------------------------------------------------------------

    /** Fill the lists to filter by; what was chosen stays. */
    options(groups) {
      const fill = (select, all, pairs) => {
        const kept = select.value;
        select.replaceChildren(new Option(all, ''), ...pairs.map(([name, value]) => new Option(name, value)));
        select.value = pairs.some(([, value]) => value === kept) ? kept : '';
        select.hidden = pairs.length < 2;
      };
      const { language, gender, grade, engine } = this.filters;
      fill(language, text('gallery.all_languages'), groups.filter(({ id }) => id !== YOURS && id !== MANY).map(({ id }) => [this.title(id), id]));
      fill(gender, text('gallery.any_gender'), ['female', 'male'].map((name) => [text(`gender.${name}`), name]));
      fill(grade, text('gallery.any_grade'), LETTERS.map((letter) => [text(letter === 'A' ? 'gallery.grade' : 'gallery.grade_least', { grade: letter }), letter]));
      fill(engine, text('gallery.all_engines'), Object.entries(this.engines).map(([name, { label }]) => [label, name]));
      this.yours.closest('label').hidden = !this.rows.some((row) => row.voice.engine === 'library');
      if (this.yours.closest('label').hidden) this.yours.checked = false;
    }

    filter() {
      const words = searched(this.search.value);
      const [language, gender, grade, engine] = Object.values(this.filters).map((select) => select.value);
      const all = !(words.length || language || gender || grade || engine || this.yours.checked);
      const fits = ({ voice, words: own }) => (voice.id === 'default' ? all
        : words.every((word) => own.includes(word))
        && (!language || this.speaks(voice, language)) && (!gender || voice.gender === gender)
        && (!grade || (voice.grade && voice.grade[0] <= grade))
        && (!engine || (voice.by?.[0] ?? voice.engine) === engine)
        && (!this.yours.checked || voice.engine === 'library'));
      this.visible = [];
      for (const group of this.groups) {
        let any = false;
        for (const row of group.rows) {
          const shown = fits(row);
          row.shown = shown;
          if (row.element && row.element.hidden === shown) row.element.hidden = !shown;
          if (shown) this.visible.push(row);
          any ||= shown;
        }
        if (group.element.hidden === any) group.element.hidden = !any;
      }
      this.missing.filter((name) => words.every((word) => ` ${folded(name)}`.includes(word)));
      part(this.dialog, 'list').scrollTop = 0;
      if (this.rows[0]?.element) this.rove(this.visible[0] ?? null);
      this.count(this.visible.filter(({ voice }) => voice.id !== 'default').length);
    }

    count(count) {
      setText(part(this.dialog, 'note'), count ? '' : text('gallery.none'));
      part(this.dialog, 'note').hidden = count > 0;
      clearTimeout(this.counting);
      this.counting = setTimeout(() => setText(part(this.dialog, 'count'), text('engines.voices', { count })), QUIET);
    }

    // ---- Choosing and hearing -----------------------------------------------------------------

    /** Mark the voice that is chosen on the page, and bring it into view when the drawer opens. */
    showChosen(opening) {
      const { voice = 'default', engine = 'auto' } = this.picking ?? aloud.settings;
      const chosen = this.rows.find((row) => row.voice.id === voice && ['auto', 'library', row.voice.engine].includes(engine))
        ?? this.rows.find((row) => row.voice.id === voice);
      this.chosen = chosen?.voice;
      this.rows.forEach((row) => this.mark(row));
      if (!opening) return;
      this.blend.restore(voice, this.rows.map((row) => row.voice));
      if (!chosen?.shown) return;
      this.rove(chosen);
      if (chosen.voice.id !== 'default') chosen.element.scrollIntoView({ block: 'center' });
      if (document.activeElement !== this.search) this.focus(chosen);
    }

    showPicked(voices) {
      this.picked = voices;
      this.rows.forEach((row) => this.mark(row));
    }

    choose({ id, engine }) {
      if (this.picking) this.picking.choose(id);
      else this.trigger('choose_voice', { voice: id, engine });
      this.dialog.close();
    }

    /** Play a voice, or stop it; `what`: its name for screen readers. */
    play(voice, button, what) {
      if (button.hasAttribute('data-playing')) { aloud.gallerySound.stop(); return; }
      const version = voice.version ?? this.engines[voice.engine]?.version ?? '';
      const query = new URLSearchParams({ ...this.heard(voice), v: version });
      this.trouble('');
      aloud.gallerySound.play(`/page/voices/sound?${query}`, (plays) => {
        button.toggleAttribute('data-playing', plays);
        if (button.matches('.tool')) setText(button, text(plays ? 'stop' : 'play'));
        button.setAttribute('aria-label', plays ? text('action', { action: text('stop'), what }) : text('play.what', { what }));
      }, (words) => this.trouble(words));
    }

    /** What the server has to know to speak in a voice. */
    heard(voice) { return { engine: voice.engine, voice: voice.id, language: this.spoken(voice) }; }

    /** The language in which a voice is heard: its own, or that of the text if it has it. */
    spoken({ language, languages }) {
      if (!languages) return language || this.language;
      return languages.find((code) => base(code) === this.language) ?? languages[0];
    }

    /** Say what went wrong, or `well`; an empty text hides it. */
    trouble(words, well = false) {
      setText(part(this.dialog, 'trouble'), words);
      part(this.dialog, 'trouble').hidden = !words;
      part(this.dialog, 'trouble').classList.toggle('well', well);
    }

    // ---- Pointer and keyboard -----------------------------------------------------------------

    click({ target }) {
      if (target === this.dialog) { this.dialog.close(); return; } // beside the drawer
      const row = target.closest('.voice-row')?.row;
      const button = target.closest('button');
      if (!row || !button) return;
      this.rove(row);
      if (button === row.who) this.choose(row.voice);
      else if (button === row.play) this.play(row.voice, row.play, row.what);
      else this.blend.toggle(row.voice);
    }

    key(event) {
      const { key, target } = event;
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      const row = target.closest('.voice-row')?.row;
      const at = this.visible?.indexOf(row) ?? -1;
      const last = (this.visible?.length ?? 0) - 1;
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last, PageDown: Math.min(at + PAGE, last), PageUp: Math.max(at - PAGE, 0) }[key];
      if (row && to !== undefined) {
        if (to < 0) this.search.focus();
        else if (to <= last) this.focus(this.visible[to]);
      } else if (row && (key === 'ArrowRight' || key === 'ArrowLeft')) {
        const buttons = [row.who, row.blend, row.play].filter((button) => !button.hidden && !button.disabled);
        buttons[buttons.indexOf(target) + (key === 'ArrowRight' ? 1 : -1)]?.focus();
      } else if (row && key === ' ' && target === row.who) {
        if (!event.repeat && !row.play.hidden) this.play(row.voice, row.play, row.what);
      } else if (target === this.search && key === 'ArrowDown') {
        if (this.current) this.focus(this.current);
      } else if (key === '/' && target !== this.search) {
        this.search.focus();
        this.search.select();
      } else {
        // A letter goes into the search, which has the focus by then.
        if ([...key].length === 1 && key !== ' ' && !target.matches('input, select')) this.search.focus();
        return;
      }
      event.preventDefault();
    }

    /** Only one row is in the tab order. */
    rove(row) {
      if (row && !row.element) this.build(Infinity);
      for (const button of this.current?.element.children ?? []) button.tabIndex = -1;
      this.current = row;
      for (const button of row?.element.children ?? []) button.tabIndex = 0;
    }

    focus(row) {
      if (!row) { this.search.focus(); return; }
      this.rove(row);
      row.who.focus();
    }
  }

  Object.assign(Gallery.prototype, aloud.galleryRows.methods);

  let gallery = null;
  aloud.openGallery = (trigger, voices, picking = null) => (gallery ??= new Gallery(trigger)).open(voices, picking);
})();
