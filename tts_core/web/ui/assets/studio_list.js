// The list of projects, and what makes a new one: a document that is dropped, or a text.
(() => {
  const { make, setText, text, part, studioButton: button, studioField: field } = aloud;
  const KINDS = '.txt,.md,.markdown,.html,.htm,.xhtml,.epub,.docx,.pdf,.srt,.vtt,.csv,.zip';
  const CONFIRM = 5000; // milliseconds for the second press that confirms a deletion

  /** `open` gets the id of a project. */
  aloud.studioList = (place, open) => {
    place.innerHTML = `
      <section class="card sheet studio-new" aria-labelledby="studio-new-title">
        <h2 id="studio-new-title">${aloud.html('studio.new')}</h2>
        <form data-role="form" novalidate>
          <label class="studio-drop" data-role="drop"><input type="file" data-role="file" accept="${KINDS}" aria-labelledby="studio-name" aria-describedby="studio-kinds studio-problem">
            <strong id="studio-name" data-role="name">${aloud.html('studio.drop')}</strong><span class="facts" id="studio-kinds">${aloud.html('studio.kinds')}</span></label>
          <div class="studio-about">
            <textarea data-role="paste" dir="auto" rows="3" aria-label="${aloud.html('studio.paste')}" placeholder="${aloud.html('studio.paste')}"></textarea>
            <div class="studio-trio" data-role="fields"></div>
            <label class="studio-check"><input type="checkbox" data-role="speakers">${aloud.html('studio.find_speakers')}</label>
            <p class="problem" id="studio-problem" data-role="problem" role="alert"></p>
            <div class="studio-buttons"><button type="submit" class="tool main" data-role="create">${aloud.html('studio.create')}</button><span class="facts" data-role="busy" role="status"></span></div>
          </div>
        </form>
      </section>
      <section class="card sheet" aria-labelledby="studio-list-title">
        <h2 id="studio-list-title">${aloud.html('studio.projects')}</h2>
        <p class="problem" data-role="trouble" role="alert"></p>
        <p class="nothing" data-role="empty">${aloud.html('loading')}</p>
        <ul class="studio-projects" data-role="projects"></ul>
      </section>`;
    const role = (name) => part(place, name);
    const input = (placeholder) => Object.assign(make('input', ''), { type: 'text', maxLength: 200, placeholder, dir: 'auto', autocomplete: 'off' });
    const [title, author, language, voice] = [input(text('studio.from_document')), input(text('studio.from_document')), make('select', ''), make('select', '')];
    role('fields').append(field(text('studio.title'), title), field(text('studio.author'), author), field(text('language'), language), field(text('voice'), voice));
    language.append(new Option(text('automatic'), 'auto'));
    const fillVoices = () => {
      const chosen = voice.value || 'default';
      const first = [['default', text('automatic')]];
      if (language.value === 'auto') { voice.replaceChildren(...first.map(([value, words]) => new Option(words, value))); return; }
      aloud.studioVoiceOptions(voice, language.value, chosen, first).then(() => { if (voice.selectedIndex < 0) voice.value = 'default'; });
    };
    language.addEventListener('change', () => { voice.value = 'default'; fillVoices(); });
    fillVoices();
    aloud.studioVoices().then(({ languages }) => {
      const pairs = Object.entries(languages).map(([code, { name }]) => [name, code]).sort((a, b) => a[0].localeCompare(b[0], aloud.language));
      language.append(...pairs.map(([name, code]) => new Option(name, code)));
    }, (error) => setText(role('problem'), text('gallery.failed', { why: error.message })));

    // ---- A new project --------------------------------------------------------------------------

    let [document_, guess] = [null, '']; // `guess`: the title that the document's name suggests
    function take(file) {
      document_ = file ?? null;
      setText(role('name'), file?.name ?? text('studio.drop'));
      role('drop').classList.toggle('has', Boolean(file));
      setText(role('problem'), '');
      if (title.value && title.value !== guess) return; // It was typed.
      // Other documents have titles of their own.
      guess = /\.(txt|srt|vtt|csv)$/i.test(file?.name ?? '') ? file.name.replace(/\.\w+$/, '').replaceAll('_', ' ') : '';
      title.value = guess;
    }
    role('file').addEventListener('change', (event) => take(event.target.files[0]));
    for (const kind of ['dragover', 'dragleave', 'drop']) {
      role('drop').addEventListener(kind, (event) => {
        event.preventDefault();
        role('drop').classList.toggle('over', kind === 'dragover');
        if (kind === 'drop' && event.dataTransfer.files.length) take(event.dataTransfer.files[0]);
      });
    }
    let busy = false;
    role('form').addEventListener('submit', async (event) => {
      event.preventDefault();
      if (busy) return;
      const words = role('paste').value.trim();
      setText(role('problem'), '');
      if (!document_ && !words) {
        setText(role('problem'), text('studio.nothing_to_read'));
        role('paste').focus();
        return;
      }
      busy = true;
      role('create').setAttribute('aria-disabled', 'true');
      setText(role('busy'), text('studio.creating'));
      const name = title.value.trim() || words.slice(0, 60).split('\n')[0];
      const sent = document_ ?? new File([words], 'text.txt', { type: 'text/plain' });
      const fields = { title: document_ ? title.value.trim() : name, author: author.value.trim(), language: language.value, voice: voice.value, options: role('speakers').checked ? '{"speakers": true}' : '' };
      try {
        const made = await aloud.studioImport(sent, fields);
        role('form').reset();
        take(null);
        open(made.project_id);
      } catch (error) {
        setText(role('problem'), error.message);
      }
      busy = false;
      role('create').removeAttribute('aria-disabled');
      setText(role('busy'), '');
    });

    // ---- Those that there are -------------------------------------------------------------------

    async function act(project, action) {
      try {
        await aloud.studioApi(project.project_id).control(action);
        setText(role('trouble'), '');
      } catch (error) {
        setText(role('trouble'), error.message);
      }
      await load();
    }
    function remove(made, project) {
      const reset = () => {
        clearTimeout(made.timer);
        made.classList.remove('sure');
        made.replaceChildren(aloud.icon('remove'));
        made.setAttribute('aria-label', text('delete.what', { what: project.title }));
      };
      if (made.classList.contains('sure')) {
        const row = made.closest('li');
        const next = (row.nextElementSibling ?? row.previousElementSibling)?.querySelector('button');
        act(project, 'delete').then(() => aloud.focusFirst(next, role('paste')));
        return;
      }
      made.classList.add('sure');
      made.replaceChildren(text('delete'));
      made.setAttribute('aria-label', text('delete.confirm', { what: project.title }));
      made.timer = setTimeout(reset, CONFIRM);
      made.addEventListener('blur', reset, { once: true });
    }
    function row(project) {
      const made = make('li', 'studio-project');
      const words = make('div', 'words');
      const name = button(project.title, () => open(project.project_id), 'studio-open');
      name.dir = 'auto';
      const by = make('p', 'facts', [project.author, project.document].filter(Boolean).join(' · '));
      by.dir = 'auto';
      const meter = make('div', 'meter');
      meter.append(make('i', ''));
      words.append(name, by, make('p', 'facts step'), meter, make('p', 'problem'));
      const file = make('a', 'icon download');
      file.append(aloud.icon('download'));
      file.href = aloud.path(`/api/projects/${project.project_id}/export?format=project`);
      file.download = '';
      file.title = text('studio.format.project');
      file.setAttribute('aria-label', text('action', { action: text('studio.format.project'), what: project.title }));
      const trash = aloud.iconButton('remove', text('delete.what', { what: project.title }), () => remove(trash, made.project));
      made.append(words, button('', () => act(made.project, made.action), 'tool go'), file, trash);
      return made;
    }
    function update(made, project) {
      made.project = project;
      setText(made.querySelector('.studio-open'), project.title);
      setText(made.querySelector('.step'), aloud.studioProgress(project));
      made.querySelector('.meter i').style.transform = `scaleX(${project.progress_percentage / 100})`;
      setText(made.querySelector('.problem'), aloud.said(project.error ?? ''));
      const go = made.querySelector('.go');
      made.action = ['paused', 'failed'].includes(project.state) ? 'resume' : 'pause';
      go.hidden = project.state === 'complete';
      const words = text(made.action === 'resume' ? 'studio.resume' : 'pause');
      setText(go, words);
      go.setAttribute('aria-label', text('action', { action: words, what: project.title }));
    }
    let loads = 0;
    async function load() {
      const number = ++loads;
      const found = await aloud.studioProjects();
      if (number !== loads) return false;
      aloud.keyed(role('projects'), found.map((project) => ({ ...project, request_id: project.project_id })), row, update);
      setText(role('empty'), text('studio.empty'));
      role('empty').hidden = found.length > 0;
      return found.some((project) => ['waiting', 'working'].includes(project.state));
    }
    return {
      async poll() {
        try {
          const working = await load();
          if (role('trouble').dataset.poll) { setText(role('trouble'), ''); delete role('trouble').dataset.poll; }
          return working;
        } catch (error) {
          setText(role('trouble'), text('feed.trouble', { why: error.message }));
          role('trouble').dataset.poll = 'yes';
          return true;
        }
      },
      /** Choose a document for a new project. */
      take(file) {
        take(file);
        role('create').focus();
      },
      focus: () => aloud.focusFirst(role('projects').querySelector('button'), role('file'), role('paste')),
      close: () => {},
    };
  };
})();
