// The history table: searched by the server page by page, updated in place.
(() => {
  const { setText, make, icon, iconButton: button, when, text: words } = aloud;
  const PAGE = 30;
  const CONFIRM_SECONDS = 5; // time for the second press that confirms a deletion
  const OUTCOMES = ['completed', 'error', 'cancelled', 'interrupted'];
  const SOURCES = {
    page: words('source.page'), gradio: 'Gradio API', openai: 'OpenAI API', websocket: 'WebSocket', files: words('source.files'),
    voiceforge: 'VoiceForge API', python: 'Python', 'command line': words('source.command_line'),
  };
  let [shown, wanted] = [null, null];
  /** Show the history of a voice: its id, and the name by which it is chosen. */
  aloud.showMadeWith = (id, name) => {
    wanted = [id, name];
    aloud.openTab('status');
    shown?.madeWith(id, name);
  };

  class History {
    /** `labels`: names of engines and voices by id. `speakAgain`: called with a request id. */
    constructor(part, labels, speakAgain) {
      Object.assign(this, { part, labels, speakAgain, records: [], next: '', loads: 0, version: null, loading: false });
      const loadSoon = () => {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.load(), 250);
      };
      part('search').addEventListener('input', loadSoon);
      part('filters').addEventListener('change', () => this.load());
      part('filters').addEventListener('submit', (event) => { event.preventDefault(); this.load(); });
      part('older').addEventListener('click', () => this.load(this.next));
      part('all').addEventListener('click', () => { part('filters').reset(); this.load(); part('search').focus(); });
      part('clear').addEventListener('click', () => part('ask').showModal());
      part('ask-no').addEventListener('click', () => part('ask').close());
      part('ask-yes').addEventListener('click', () => this.clear());
      part('ask').addEventListener('click', (event) => { if (event.target === part('ask')) part('ask').close(); });
      this.updateLinks();
      shown = this;
      if (wanted) this.madeWith(...wanted);
    }

    /** Show what a voice was part of, all of it. */
    madeWith(id, name) {
      wanted = null;
      const select = this.part('by-voice');
      this.part('filters').reset();
      if (![...select.options].some((option) => option.value === id)) select.add(new Option(name, id));
      select.value = id;
      this.part('voices').hidden = false;
      this.load();
      select.focus();
    }

    get filters() {
      const value = (role) => this.part(role).value.trim();
      const filters = { text: value('search'), engine: value('by-engine'), status: value('by-status'), door: value('by-door'), voice: value('by-voice') };
      return Object.fromEntries(Object.entries(filters).filter(([, text]) => text));
    }

    updateLinks() {
      for (const format of ['csv', 'json']) {
        this.part(format).href = aloud.path(`/status/history/export?${new URLSearchParams({ format, ...this.filters })}`);
      }
    }

    /** Reload if the version has changed and no request is under way. */
    changed(version) {
      if (version === this.version || this.loading) return;
      this.version = version;
      this.load('', true);
    }

    /** Load the page after the cursor `before`, or the first. `quiet`: a refresh that keeps rows further down. */
    async load(before = '', quiet = false) {
      const number = ++this.loads; // A newer load makes this one obsolete.
      this.updateLinks();
      this.loading = true;
      // As many rows as are shown plus some new ones, so that rows further down stay.
      const limit = quiet ? Math.min(Math.max(PAGE, this.records.length + 10), 100) : PAGE;
      const query = new URLSearchParams({ ...this.filters, before, limit });
      try {
        const found = await aloud.fetchJson(`/status/history/search?${query}`);
        if (number !== this.loads) return;
        const rest = quiet && found.next && this.records.length > limit ? this.older(found.records) : null;
        this.records = before ? [...this.records, ...found.records] : [...found.records, ...(rest ?? [])];
        if (!rest) this.next = found.next;
        this.error = '';
        this.show();
        if (before) this.part('rows').children[this.records.length - found.records.length]?.querySelector('button, a')?.focus();
      } catch (error) {
        if (number !== this.loads) return;
        this.version = null; // Try again after the next poll.
        this.error = error.message;
        this.show();
      } finally {
        if (number === this.loads) this.loading = false;
      }
    }

    older(records) {
      const last = records.at(-1).end_time;
      const here = new Set(records.map((record) => record.request_id));
      return this.records.filter((record) => record.end_time <= last && !here.has(record.request_id));
    }

    show() {
      aloud.keyed(this.part('rows'), this.records, (item) => this.row(item), (row, item) => this.update(row, item));
      const some = this.records.length > 0;
      const filtered = Object.keys(this.filters).length > 0;
      this.part('history').hidden = !some;
      this.part('older').hidden = !this.next;
      this.part('no-history').hidden = some && !this.error;
      this.part('all').hidden = some || !filtered || Boolean(this.error);
      this.part('clear').disabled = !some && !filtered;
      const nothing = filtered
        ? words('history.no_match')
        : words('history.empty');
      setText(this.part('no-history-text'), this.error ? words('history.not_loaded', { why: this.error }) : nothing);
    }

    row(item) {
      const row = make('div', `row ${item.status}`);
      row.setAttribute('role', 'row');
      const cell = (name, text) => {
        const made = make('span', name, text);
        made.setAttribute('role', 'cell');
        row.append(made);
        return made;
      };
      cell('when', when(item.end_time)).title = aloud.date(item.end_time * 1000, { dateStyle: 'medium', timeStyle: 'medium' });
      const text = cell('preview', item.text_preview || words('history.unsaved'));
      text.dir = 'auto';
      text.title = item.text_preview;
      text.classList.toggle('unkept', !item.text_preview);
      cell('who', '').append(make('span', 'name'));
      if (item.fallback) row.querySelector('.who').append(this.swapped());
      cell('sound', item.audio_seconds ? aloud.length(item.audio_seconds) : '–');
      cell('took', aloud.seconds(item.duration_seconds));
      cell(`outcome ${item.status}`, OUTCOMES.includes(item.status) ? words(`status.${item.status}`) : item.status);
      const actions = cell('actions', '');
      if (item.error) cell('why', aloud.failure(item.error.message, item.error.type)).dir = 'auto';
      const what = item.text_preview || words('history.this');
      const url = aloud.path(`/status/history/${encodeURIComponent(item.request_id)}/audio`);
      const save = button('download', words('history.download', { what }), null, 'a');
      save.href = `${url}?download=true`;
      save.download = '';
      actions.append(
        button('play', words('play.what', { what }), () => this.play(row, url, what)),
        save,
        button('again', words('history.open', { what }), () => this.speakAgain(item.request_id)),
        button('remove', words('delete.what', { what }), (event) => this.remove(event.currentTarget, item.request_id, what)),
      );
      return row;
    }

    /** The sign of a request that another voice or engine has spoken. */
    swapped() {
      const sign = make('span', 'swap');
      const words = make('span', 'unseen');
      words.dir = 'auto';
      sign.append(icon('swap'), words);
      return sign;
    }

    update(row, item) {
      const { engines, voices } = this.labels;
      const name = (engine) => engines[engine] ?? engine;
      const voice = [voices[item.voice_source] ?? item.voice_source, name(item.engine)].filter(Boolean).join(' · ');
      setText(row.querySelector('.who .name'), voice);
      row.querySelector('.who').title = voice;
      if (item.fallback) {
        const told = words('history.fallback', { used: name(item.fallback.to), wanted: name(item.fallback.from), why: aloud.said(item.fallback.reason) });
        setText(row.querySelector('.swap .unseen'), told);
        row.querySelector('.swap').title = told;
      }
      row.querySelectorAll('.play, .download').forEach((b) => { b.hidden = !item.audio; });
    }

    play(row, url, what) {
      const old = this.part('rows').querySelector('.replay');
      const here = old?.parentElement === row;
      this.stopPlayback();
      if (here) return;
      aloud.player?.pause();
      const cell = make('span', 'replay');
      cell.setAttribute('role', 'cell');
      const sound = make('audio', '');
      Object.assign(sound, { src: url, controls: true });
      sound.setAttribute('aria-label', what);
      sound.addEventListener('error', () => cell.replaceChildren(make('p', 'gone', words('audio_gone'))));
      cell.append(sound);
      row.append(cell);
      row.querySelector('.play').classList.add('on');
      sound.play()?.catch(() => {}); // The user can still start it.
    }

    stopPlayback() {
      this.part('rows').querySelectorAll('.replay').forEach((cell) => {
        cell.querySelector('audio')?.pause();
        cell.parentElement.querySelector('.play').classList.remove('on');
        cell.remove();
      });
    }

    /** Delete a request; the first press only turns the button into a confirmation. */
    async remove(made, id, what) {
      const reset = () => {
        clearTimeout(made.timer);
        made.classList.remove('sure');
        made.replaceChildren(icon('remove'));
        made.setAttribute('aria-label', words('delete.what', { what }));
      };
      if (!made.classList.contains('sure')) {
        made.classList.add('sure');
        made.replaceChildren(words('delete'));
        made.setAttribute('aria-label', words('delete.confirm', { what }));
        made.timer = setTimeout(reset, CONFIRM_SECONDS * 1000);
        made.addEventListener('blur', reset, { once: true });
        return;
      }
      const row = made.closest('.row');
      const next = (row.nextElementSibling ?? row.previousElementSibling)?.querySelector('.remove');
      made.disabled = true;
      try {
        await aloud.fetchJson(`/status/history/${encodeURIComponent(id)}`, { method: 'DELETE' });
        this.records = this.records.filter((item) => item.request_id !== id);
        this.say(words('history.deleted_one'));
        this.show();
        (next ?? this.part('search')).focus();
      } catch (error) {
        made.disabled = false;
        reset();
        this.say(words('history.not_deleted', { why: error.message }));
      }
    }

    async clear() {
      this.part('ask').close();
      this.stopPlayback();
      try {
        const { cleared_records: count } = await aloud.fetchJson('/status/history/clear?confirm=true', { method: 'POST' });
        this.say(words('history.deleted', { count }));
      } catch (error) {
        this.say(words('history.not_cleared', { why: error.message }));
      }
      this.load();
    }

    say(text) {
      setText(this.part('said'), text);
      clearTimeout(this.saying);
      this.saying = setTimeout(() => setText(this.part('said'), ''), 6000);
    }

    /** Fill the filters; `engines` and `voices`: pairs of id and label. */
    setChoices(engines, doors, voices) {
      const fill = (role, all, pairs) => {
        const select = this.part(role);
        const chosen = select.value;
        const options = [['', all], ...pairs];
        if (!options.some(([value]) => value === chosen)) options.push([chosen, select.selectedOptions[0].text]);
        if (JSON.stringify(options) === select.dataset.options) return;
        select.dataset.options = JSON.stringify(options);
        select.replaceChildren(...options.map(([value, text]) => new Option(text, value, false, value === chosen)));
      };
      fill('by-engine', words('all'), engines);
      fill('by-voice', words('all'), [...voices].sort((a, b) => a[1].localeCompare(b[1], aloud.language)));
      this.part('voices').hidden = !voices.length && !this.filters.voice;
      fill('by-door', words('all'), doors.map((door) => [door, SOURCES[door] ?? door]));
    }
  }
  aloud.History = History;
})();
