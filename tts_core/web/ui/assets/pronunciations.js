// The panel of pronunciations: add, change, hear, delete, import and export entries of the dictionary.
(() => {
  const { make, setText, $ } = aloud;
  const root = document.documentElement;
  const SHOWN = 200; // rows at once; a browser lays out thousands slowly
  const CONFIRM = 4000; // milliseconds for the second press that confirms a deletion
  const FIELDS = ['written', 'spoken', 'phonemes', 'language', 'match_case'];
  const { text: words } = aloud;

  aloud.mountPronunciations = (element, props, trigger) => {
    aloud.whenThere('#pronunciations-button', (button) => mount(element, props, trigger, button));
  };

  function mount(element, props, trigger, button) {
    const part = (role) => aloud.part(element, role);
    let entries = [];
    let edited = null; // the entry in the form, if it is not a new one
    let selected = ''; // what was selected in the text when the button was pressed
    let loaded = false;
    let named = false; // the languages

    const value = (name) => (name === 'match_case' ? part(name).checked : part(name).value.trim());
    function say(text) { setText(part('said'), text); }
    /** Show an error about a field; an empty message clears it. */
    function complain(message, field = '') {
      FIELDS.forEach((name) => part(name).setAttribute('aria-invalid', String(Boolean(message) && name === field)));
      setText(part('problem'), message);
      part('problem').hidden = !message;
      if (message && FIELDS.includes(field)) part(field).focus();
    }

    function fill(entry, id = null) {
      edited = id ? entry : null;
      const { language = '' } = entry;
      if (![...part('language').options].some((option) => option.value === language)) {
        part('language').append(new Option(language, language));
      }
      FIELDS.forEach((name) => {
        if (name === 'match_case') part(name).checked = Boolean(entry.match_case);
        else part(name).value = entry[name] ?? '';
      });
      part('cancel').hidden = !edited;
      complain('');
    }

    function show(open) {
      root.toggleAttribute('data-lexicon', open);
      button.setAttribute('aria-expanded', String(open));
      if (open && !loaded) load();
      if (open && !named) nameLanguages().catch(() => { named = false; });
    }
    /** Open the form with a word, or with the entry there is for it. */
    aloud.pronounce = async (text) => {
      const word = text.replace(/\s+/g, ' ').trim().slice(0, 200);
      show(true);
      fill({ written: word });
      element.scrollIntoView({ block: 'nearest' });
      part(word ? 'spoken' : 'written').focus();
      await loading;
      const known = entries.find((entry) => entry.written.toLowerCase() === word.toLowerCase());
      const untouched = value('written') === word && !value('spoken') && !value('phonemes');
      if (known && untouched) fill(known, known.id);
    };

    function selection() {
      const field = $('#text textarea');
      if (aloud.view === 'edit') return field ? field.value.slice(field.selectionStart, field.selectionEnd) : '';
      const found = getSelection();
      return $('#reader')?.contains(found.anchorNode) ? String(found) : '';
    }
    // Pressing the button may take the selection away.
    button.addEventListener('pointerdown', () => { selected = selection(); });
    button.addEventListener('click', (event) => {
      const word = (event.detail ? selected : selection()).trim();
      selected = '';
      if (word && word.length <= 200 && word !== value('written')) { aloud.pronounce(word); return; }
      show(!root.hasAttribute('data-lexicon'));
      if (root.hasAttribute('data-lexicon')) part('written').focus();
    });
    element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      if (edited) { fill({}); part('written').focus(); return; }
      show(false);
      button.focus();
    });

    let loading = null;
    function load() {
      loaded = true;
      loading = aloud.fetchJson('/lexicon').then((found) => { entries = found; rows(); }, (error) => {
        loaded = false;
        say(words('lexicon.failed', { why: error.message }));
      });
      return loading;
    }

    function row(entry) {
      const made = make('tr', '');
      const cells = [entry.written, entry.spoken || entry.phonemes, languageOf(entry)].map((text, index) => {
        const cell = make(index ? 'td' : 'th', ['written', 'spoken', 'language'][index], text);
        cell.dir = 'auto';
        return cell;
      });
      cells[0].scope = 'row';
      if (entry.phonemes && entry.spoken) cells[1].append(make('span', 'ipa', entry.phonemes));
      else if (entry.phonemes) cells[1].classList.add('ipa');
      const tools = make('td', 'tools');
      const tool = (name, press) => {
        const found = make('button', 'tool', words(name));
        found.type = 'button';
        found.setAttribute('aria-label', words('action', { action: words(name), what: entry.written }));
        found.addEventListener('click', () => press(found));
        tools.append(found);
      };
      tool('lexicon.hear', () => hear(entry));
      tool('lexicon.edit', () => { fill(entry, entry.id); element.scrollIntoView({ block: 'nearest' }); part('spoken').focus(); });
      tool('delete', (found) => remove(found, entry));
      made.append(...cells, tools);
      return made;
    }
    const languageOf = ({ language, voice }) => {
      const known = [...part('language').options].find((option) => option.value === language);
      const name = language ? known?.textContent ?? language : words('all');
      return voice ? `${name} · ${voice}` : name;
    };
    function rows() {
      const wanted = part('search').value.toLowerCase();
      const found = entries.filter((entry) => `${entry.written} ${entry.spoken}`.toLowerCase().includes(wanted));
      part('rows').replaceChildren(...found.slice(0, SHOWN).map(row));
      part('table').hidden = found.length === 0;
      part('nothing').hidden = entries.length > 0;
      part('find').hidden = entries.length < 8;
      if (found.length > SHOWN) say(words('lexicon.more', { shown: SHOWN, count: found.length }));
    }
    part('search').addEventListener('input', rows);

    function check() {
      if (!value('written')) complain(words('lexicon.no_word'), 'written');
      else if (!value('spoken') && !value('phonemes')) complain(words('lexicon.no_sound'), 'spoken');
      else { complain(''); return true; }
      return false;
    }
    part('form').addEventListener('submit', async (event) => {
      event.preventDefault();
      if (!check()) return;
      const body = Object.fromEntries(FIELDS.map((name) => [name, value(name)]));
      if (edited) Object.assign(body, { entry_id: edited.id, voice: edited.voice });
      try {
        await aloud.fetchJson('/lexicon', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
      } catch (error) {
        const [field, ...rest] = error.message.split(' '); // "phonemes must be IPA …"
        const rule = rest.join(' ');
        if (FIELDS.includes(field)) complain(rule[0].toUpperCase() + rule.slice(1), field);
        else complain(error.message);
        return;
      }
      say(words('lexicon.saved', { word: body.written }));
      fill({});
      changed();
      part('written').focus();
    });
    function changed() {
      aloud.readAgain();
      return load();
    }
    const hear = ({ written, spoken, phonemes, language }) => {
      aloud.player?.prepare(true);
      trigger('hear_request', { written, spoken, phonemes, language });
    };
    part('hear').addEventListener('click', () => {
      if (check()) hear(Object.fromEntries(FIELDS.map((name) => [name, value(name)])));
    });
    part('cancel').addEventListener('click', () => { fill({}); part('written').focus(); });

    /** Delete an entry; the first press only turns the button into a confirmation. */
    async function remove(pressed, entry) {
      if (!pressed.classList.contains('danger')) {
        pressed.classList.add('danger');
        setText(pressed, words('lexicon.sure'));
        setTimeout(() => { pressed.classList.remove('danger'); setText(pressed, words('delete')); }, CONFIRM);
        return;
      }
      try {
        await aloud.fetchJson(`/lexicon/${encodeURIComponent(entry.id)}`, { method: 'DELETE' });
        say(words('lexicon.deleted', { word: entry.written }));
      } catch (error) {
        say(words('lexicon.failed', { why: error.message }));
      }
      if (edited?.id === entry.id) fill({});
      await changed();
      aloud.focusFirst(part('rows').querySelector('button'), part('written'));
    }

    part('import').addEventListener('click', () => part('file').click());
    part('file').addEventListener('change', async () => {
      const [file] = part('file').files;
      part('file').value = '';
      if (!file) return;
      try {
        const { added, replaced, skipped } = await aloud.fetchJson('/lexicon/import', { method: 'POST', body: file });
        const lines = skipped.slice(0, 3).map(({ line, why }) => (line ? `${line}: ${why}` : why)).join(' ');
        say(words(lines ? 'lexicon.imported_some' : 'lexicon.imported', { added, replaced, lines }));
      } catch (error) {
        say(words('lexicon.failed', { why: error.message }));
      }
      changed();
    });
    ['csv', 'pls'].forEach((format) => { part(format).href = aloud.path(`/lexicon/export?format=${format}`); });

    part('language').append(...props.languages.split(' ').map((code) => new Option(code, code)));
    /** Name the languages, once: browsers have no names for a third of them. */
    async function nameLanguages() {
      named = true;
      const { languages } = await aloud.fetchJson('/page/voices', { method: 'POST', body: '', headers: { 'Content-Type': 'text/plain' } });
      const [all, ...options] = part('language').options;
      for (const option of options) option.text = `${languages[option.value]?.name ?? option.value} (${option.value})`;
      options.sort((a, b) => a.text.localeCompare(b.text, aloud.language));
      const chosen = part('language').value;
      part('language').replaceChildren(all, ...options);
      part('language').value = chosen;
      rows();
    }
    button.setAttribute('aria-controls', 'pronunciations');
    show(false);
  }
})();
