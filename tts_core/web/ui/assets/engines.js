// Engine cards: state, missing parts, downloads. Cards are updated in place, so that an open list or
// a ticked box stays as it is.
(() => {
  const SHOWN = 2; // weights shown without opening the list
  const WORKING = ['waiting', 'downloading', 'checking'];

  const { setText, make, text } = aloud;
  const unit = (unit, value, digits) => aloud.number(value, { style: 'unit', unit, minimumFractionDigits: digits, maximumFractionDigits: digits });
  const bytes = (count) => {
    if (count >= 1e9) return unit('gigabyte', count / 1e9, 1);
    if (count >= 1e6) return unit('megabyte', count / 1e6, 0);
    return unit('kilobyte', count / 1e3, 0);
  };
  const duration = (seconds) => {
    if (seconds < 90) return text('unit.s', { value: Math.ceil(seconds) });
    if (seconds < 5400) return text('unit.min', { value: Math.round(seconds / 60) });
    return text('unit.h', { value: aloud.decimal(seconds / 3600, 1) });
  };

  /** The progress of a download as text. */
  function step(download) {
    if (download.state === 'waiting') return text('engines.contacting');
    if (download.state === 'checking') return text('engines.checking');
    const parts = [text('engines.done_of', { done: bytes(download.bytes_done), all: bytes(download.bytes_total) })];
    if (download.bytes_per_second) parts.push(text('engines.per_second', { size: bytes(download.bytes_per_second) }));
    if (download.seconds_left != null) parts.push(text('engines.left', { time: duration(download.seconds_left) }));
    return parts.join(' · ');
  }

  aloud.mountEngines = (element, trigger) => {
    const show = mountCards(aloud.part(element, 'engines'), (...args) => { trigger(...args); aloud.feed.soon(); });
    aloud.feed.add(element, {
      show: ({ engines }) => { if (engines) show(engines); },
      trouble: (words) => {
        setText(aloud.part(element, 'trouble'), words);
        aloud.part(element, 'trouble').hidden = !words;
      },
    });
  };

  /** Return a function that shows weights in a list, each with a button that downloads it. */
  aloud.weightsList = (trigger) => {
    function weightsRow(item) {
      const row = make('li', 'weights-row');
      const line = make('div', 'line');
      const words = make('div', 'words');
      words.append(make('p', 'label', item.label), make('p', 'about'));
      const button = make('button', 'tool');
      button.type = 'button';
      button.addEventListener('click', () => {
        button.disabled = true;
        const accept = Boolean(row.querySelector('.agree input')?.checked);
        trigger('engine_request', { action: button.dataset.action, name: item.name, accept });
      });
      line.append(words, button);
      row.append(line);
      if (item.must_agree) {
        const agree = make('label', 'agree');
        const box = make('input', '');
        box.type = 'checkbox';
        const link = make('a', '', item.licence);
        Object.assign(link, { href: item.licence_url, target: '_blank', rel: 'noopener noreferrer' });
        const [before, after] = text('engines.agree').split('{license}');
        const statement = make('span', '');
        statement.append(before, link, after);
        agree.append(box, statement);
        box.addEventListener('change', () => updateWeights(row, row.item));
        row.append(agree);
      }
      const meter = make('div', 'meter');
      meter.setAttribute('role', 'progressbar');
      meter.setAttribute('aria-label', text('engines.progress', { what: item.label }));
      meter.append(make('i', ''));
      const progress = make('p', 'step');
      progress.setAttribute('role', 'status');
      row.append(meter, progress);
      return row;
    }

    function updateWeights(row, item) {
      row.item = item;
      const download = item.download;
      const working = WORKING.includes(download?.state);
      const button = row.querySelector('button');
      const agree = row.querySelector('.agree');
      const resumable = ['failed', 'cancelled'].includes(download?.state);
      setText(row.querySelector('.about'), item.ready ? text('engines.downloaded', { size: bytes(item.size_bytes) })
        : [text('about', { what: bytes(item.size_bytes) }), item.must_agree ? '' : item.licence,
          item.gated ? text('engines.account') : '', item.note].filter(Boolean).join(' · '));
      row.querySelector('.about').title = item.recorded ?? '';
      if (agree) agree.hidden = item.accepted || working;
      button.hidden = item.ready && !working && (item.accepted || !item.must_agree);
      button.dataset.action = working ? 'cancel' : 'download';
      setText(button, text(working ? 'cancel' : item.ready ? 'engines.accept' : resumable ? 'engines.retry' : 'download'));
      button.setAttribute('aria-label', text('action', { action: button.textContent, what: item.label }));
      button.disabled = !working && Boolean(agree) && !agree.hidden && !agree.querySelector('input').checked;
      const meter = row.querySelector('.meter');
      meter.hidden = !working;
      const share = working && download.bytes_total ? Math.min(download.bytes_done / download.bytes_total, 1) : 0;
      meter.setAttribute('aria-valuenow', String(Math.round(share * 100)));
      meter.firstChild.style.transform = `scaleX(${share})`;
      const progress = row.querySelector('.step');
      setText(progress, working ? step(download) : download?.state === 'failed' ? download.error
        : download?.state === 'cancelled' ? text('engines.resumes') : '');
      progress.hidden = !progress.textContent;
      progress.classList.toggle('bad', download?.state === 'failed');
    }

    function rows(list, items) {
      const old = new Map([...list.children].map((child) => [child.item.name, child]));
      items.forEach((item, i) => {
        const row = old.get(item.name) ?? weightsRow(item);
        old.delete(item.name);
        updateWeights(row, item);
        if (list.children[i] !== row) list.insertBefore(row, list.children[i] ?? null);
      });
      old.forEach((row) => row.remove());
      list.hidden = items.length === 0;
    }
    return rows;
  };

  /** Return a function that shows engines in `board`. */
  function mountCards(board, trigger) {
    const rows = aloud.weightsList(trigger);

    function card(item) {
      const made = make('article', 'engine');
      made.dataset.name = item.name;
      const head = make('div', 'head');
      head.append(make('h3', '', item.label), make('span', 'badge'));
      made.append(head, make('p', 'facts'), make('p', 'licence'), make('p', 'reason'), make('ul', 'weights'));
      const more = make('details', 'more');
      more.append(make('summary', ''), make('ul', 'weights'));
      made.append(more);
      return made;
    }

    /** Show why an engine is not ready; text in backquotes becomes a command with a copy button. */
    function explain(reason, why) {
      reason.hidden = !why;
      if (reason.dataset.text === why) return;
      reason.dataset.text = why;
      const parts = why.split('`').filter((part) => !/^[.。।]$/.test(part)); // A period after a command is dropped.
      // A command is on a line of its own, so what follows it needs no punctuation first.
      reason.replaceChildren(...parts.map((part, i) => (i % 2 ? command(part) : part.replace(/^[.,;。，、；।] ?/, ''))));
    }

    function command(words) {
      const made = make('span', 'command');
      made.append(make('code', '', words));
      if (!navigator.clipboard) return made; // Available only on localhost and over HTTPS.
      const button = make('button', 'tool', text('copy'));
      button.type = 'button';
      button.setAttribute('aria-label', text('copy.what', { what: words }));
      button.addEventListener('click', () => aloud.copy(button, words));
      made.append(button);
      return made;
    }

    function updateCard(made, item) {
      const badge = made.querySelector('.badge');
      const [key, { size_bytes: size }] = item.badge;
      setText(badge, text(key, size ? { size: bytes(size) } : {}));
      badge.className = `badge ${item.tone}`;
      setText(made.querySelector('.facts'), item.facts.map((fact) => text(...fact)).join(' · '));
      setText(made.querySelector('.licence'), text('engines.license', { license: item.licence }));
      explain(made.querySelector('.reason'), item.reason);
      const [first, rest] = [made.querySelector(':scope > .weights'), made.querySelector('.more')];
      // What is recorded of a file interests few.
      const weights = item.weights.map(({ note, ...rest }) => ({ ...rest, recorded: note }));
      const shown = weights.filter((w, i) => i < SHOWN || w.ready || w.download);
      const others = weights.filter((w) => !shown.includes(w));
      rows(first, shown);
      rows(rest.querySelector('.weights'), others);
      setText(rest.querySelector('summary'), text('engines.more', { count: others.length }));
      rest.hidden = others.length === 0;
    }

    return (engines) => {
      board.querySelector(':scope > .nothing')?.remove();
      const old = new Map([...board.children].map((child) => [child.dataset.name, child]));
      engines.forEach((item, i) => {
        const made = old.get(item.name) ?? card(item);
        updateCard(made, item);
        if (board.children[i] !== made) board.insertBefore(made, board.children[i] ?? null);
      });
    };
  }
})();
