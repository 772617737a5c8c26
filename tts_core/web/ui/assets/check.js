// The panel "Check a file": whether a file was generated, by what, and what that proves.
(() => {
  const { make, setText, text } = aloud;
  const SPEECH = 'aloud.speech'; // the assertion with what Aloud says of its own speech
  const SECONDS = 300; // for the upload of a large file

  const moment = (written) => {
    const date = new Date(written);
    return Number.isNaN(date.getTime()) ? written : aloud.date(date, { dateStyle: 'medium', timeStyle: 'short' });
  };

  function verdict({ marked, request, c2pa }) {
    if (!marked) return 'none';
    if (c2pa && !c2pa.valid) return 'changed';
    return request ? 'here' : 'marked';
  }

  /** Pairs of a label and what a file says of itself; empty values are left out. */
  function traits(found, preview) {
    const { c2pa } = found;
    const speech = c2pa?.assertions[SPEECH] ?? {};
    const pairs = [
      [text('check.sure'), found.marked && aloud.percent(100 * found.confidence)],
      [text('history.text'), preview],
      [text('check.when'), c2pa?.created && moment(c2pa.created)],
      [text('check.day'), !c2pa && found.watermark?.day && aloud.date(new Date(found.watermark.day), { dateStyle: 'medium', timeZone: 'UTC' })],
      [text('check.with'), c2pa?.generator],
      [text('engine'), speech.engine],
      [text('voice'), speech.voice],
      [text('check.consent'), speech.consent?.given && moment(speech.consent.given)],
      [text('check.signer'), c2pa?.signer],
    ];
    return pairs.filter(([, value]) => value).map(([label, value]) => [label, String(value)]);
  }

  aloud.mountCheck = (element) => {
    const part = (role) => aloud.part(element, role);
    let number = 0; // of the file that is shown

    const busy = (name) => {
      part('busy').hidden = !name;
      setText(part('busy'), name && text('check.busy', { name }));
    };
    const fail = (message) => {
      part('fault').hidden = !message;
      setText(part('fault'), message);
    };

    function show(file, found, preview) {
      setText(part('name'), file.name);
      const kind = verdict(found);
      part('verdict').className = kind;
      setText(part('verdict'), text(`check.verdict.${kind}`));
      part('facts').replaceChildren(...traits(found, preview).flatMap(([label, value]) => {
        const said = make('dd', '', value);
        said.dir = 'auto';
        return [make('dt', '', label), said];
      }));
      part('notes').replaceChildren(...found.notes.map((note) => make('li', '', aloud.said(note))));
      part('found').hidden = false;
    }

    async function check(file) {
      const mine = ++number; // A newer file makes this one obsolete.
      fail('');
      part('found').hidden = true;
      busy(file.name);
      const body = new FormData();
      body.append('audio', file);
      try {
        const found = await aloud.fetchJson('/api/verify', { method: 'POST', body, signal: AbortSignal.timeout(1000 * SECONDS) });
        const id = found.request?.request_id;
        const made = id ? await aloud.fetchJson(`/status/history/${encodeURIComponent(id)}`).catch(() => null) : null;
        if (mine === number) show(file, found, made?.text_preview);
      } catch (error) {
        if (mine === number) fail(error.message);
      } finally {
        if (mine === number) busy('');
      }
    }

    const drop = part('drop');
    const chosen = () => {
      const [file] = part('file').files;
      part('file').value = ''; // The same file can be chosen again.
      if (file) check(file);
    };
    part('file').addEventListener('change', chosen);
    chosen(); // perhaps before this script had come
    drop.addEventListener('dragover', (event) => {
      event.preventDefault();
      drop.classList.add('over');
    });
    drop.addEventListener('dragleave', () => drop.classList.remove('over'));
    drop.addEventListener('drop', (event) => {
      event.preventDefault();
      drop.classList.remove('over');
      const [file] = event.dataTransfer.files;
      if (file) check(file);
    });
  };
})();
