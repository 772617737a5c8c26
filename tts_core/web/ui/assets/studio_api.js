// The Studio's requests, and small things that its scripts share.
(() => {
  const { make, text } = aloud;
  const LONG = 600000; // milliseconds that reading a long document may take

  const json = (method, body) => ({ method, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });

  /** The requests about one project. Each throws an Error with a message for the user. */
  aloud.studioApi = (id) => {
    const [open, page] = [`/api/projects/${id}`, `/page/projects/${id}`];
    return {
      state: () => aloud.fetchJson(page),
      found: (kind, find) => aloud.fetchJson(`${page}/found?${new URLSearchParams({ kind, find })}`),
      segments: (indices) => aloud.fetchJson(`${page}/segments`, json('POST', { indices })),
      takes: (index) => aloud.fetchJson(`${page}/segments/${index}/takes`),
      edit: (index, changes) => aloud.fetchJson(`${open}/segments/${index}`, json('PATCH', changes)),
      editMany: (indices, changes) => aloud.fetchJson(`${open}/edit`, json('POST', { indices, ...changes })),
      again: (indices) => aloud.fetchJson(`${open}/again`, json('POST', { indices })),
      merge: (index, count) => aloud.fetchJson(`${open}/segments/${index}/merge`, json('POST', { count })),
      split: (index, offset) => aloud.fetchJson(`${open}/segments/${index}/split`, json('POST', { offset })),
      replace: (find, by) => aloud.fetchJson(`${open}/replace`, json('POST', { find, by })),
      undo: () => aloud.fetchJson(`${open}/undo`, json('POST', {})),
      redo: () => aloud.fetchJson(`${open}/redo`, json('POST', {})),
      cast: () => aloud.fetchJson(`${open}/cast`),
      recast: (changes) => aloud.fetchJson(open, json('PATCH', changes)),
      control: (action) => aloud.fetchJson(`${open}/control`, json('POST', { action })),
      export: (format, preset) => aloud.fetchJson(`${page}/export`, json('POST', { format, preset })),
      sound: (index, take = null) => aloud.path(`${open}/segments/${index}/audio${take === null ? '' : `?take=${take}`}`),
    };
  };
  aloud.studioProjects = () => aloud.fetchJson('/api/projects');
  aloud.studioExport = (job) => aloud.fetchJson(`/page/exports/${job}`);
  aloud.studioCancel = (job) => aloud.fetchJson(`/page/exports/${job}/cancel`, json('POST', {}));
  aloud.studioFile = (job) => aloud.path(`/page/exports/${job}/file`);
  /** Make a project of a document and what is known of it, or of an exported project. */
  aloud.studioImport = (document, fields) => {
    const sent = (route, body) => aloud.fetchJson(route, { method: 'POST', body, signal: AbortSignal.timeout(LONG) });
    if (/\.zip$/i.test(document.name)) return sent('/api/projects/import', document);
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) if (value) form.append(name, value);
    form.append('document', document, document.name);
    return sent('/api/projects', form);
  };

  let voices = null;
  /** Voices, languages and engines, as the gallery has them; asked for once. */
  aloud.studioVoices = () => {
    voices ??= aloud.fetchJson('/page/voices', { method: 'POST', body: '', headers: { 'Content-Type': 'text/plain' } });
    voices.catch(() => { voices = null; });
    return voices;
  };
  const base = (code) => code.toLowerCase().split('-')[0];
  const speaks = (voice, language) => voice.engine === 'library' || base(voice.language) === base(language)
    || (voice.languages ?? []).some((code) => base(code) === base(language));

  /** Fill a list with the voices of a language; `first`: pairs of value and text before them. */
  aloud.studioVoiceOptions = async (select, language, chosen, first) => {
    const options = (pairs) => pairs.map(([value, words]) => new Option(words, value));
    const { engines = {}, languages = {}, voices: all = [] } = await aloud.studioVoices().catch(() => ({}));
    const groups = new Map();
    const known = new Set(first.map(([value]) => value));
    for (const voice of all) {
      if (known.has(voice.id) || !speaks(voice, language)) continue;
      known.add(voice.id);
      const label = voice.engine === 'library' ? text('voices.title') : engines[voice.engine]?.label ?? voice.engine;
      if (!groups.has(label)) groups.set(label, []);
      const spoken = languages[voice.language]?.name;
      groups.get(label).push([voice.id, voice.name ? [voice.name, base(voice.language) === voice.language ? '' : spoken].filter(Boolean).join(' · ') : spoken ?? voice.id]);
    }
    const nodes = options(first);
    if (chosen && !known.has(chosen)) nodes.push(new Option(chosen, chosen));
    for (const [label, pairs] of groups) {
      const group = Object.assign(document.createElement('optgroup'), { label });
      group.append(...options(pairs));
      nodes.push(group);
    }
    select.replaceChildren(...nodes);
    select.value = chosen;
  };

  /** A button with words, or a field with a label. */
  aloud.studioButton = (words, press, name = 'tool') => {
    const made = make('button', name, words);
    made.type = 'button';
    made.addEventListener('click', press);
    return made;
  };
  aloud.studioField = (words, control) => {
    const label = make('label', 'studio-field');
    label.append(make('span', '', words), control);
    return label;
  };
  aloud.studioNumber = (value, [least, most, step], change) => {
    const made = Object.assign(make('input', ''), { type: 'number', min: least, max: most, step, value });
    made.addEventListener('change', () => { if (made.checkValidity() && made.value !== '') change(Number(made.value)); else made.reportValidity(); });
    return made;
  };
  /** Show how far a project is. */
  aloud.studioProgress = (project) => [
    text(`studio.state.${project.state}`),
    project.planned_percentage < 100 ? text('studio.reading', { percent: aloud.number(Math.floor(project.planned_percentage)) }) : '',
    text('studio.progress', { done: project.done_segments, all: project.segments }),
    project.state === 'working' && project.estimate_seconds ? text('left', { time: aloud.seconds(Math.max(1, Math.round(project.estimate_seconds))) }) : '',
    project.duration_seconds ? aloud.length(project.duration_seconds) : '',
  ].filter(Boolean).join(' · ');
})();
