// Engine cards: state, missing parts, downloads. Cards are updated in place, so that an open list or
// a ticked box stays as it is.
(() => {
  const SHOWN = 2; // weights shown without opening the list
  const WORKING = ['waiting', 'downloading', 'checking'];

  const { setText, make } = aloud;
  const bytes = (count) => {
    if (count >= 1e9) return `${(count / 1e9).toFixed(1)} GB`;
    if (count >= 1e6) return `${Math.round(count / 1e6)} MB`;
    return `${Math.round(count / 1e3)} kB`;
  };
  const duration = (seconds) => {
    if (seconds < 90) return `${Math.ceil(seconds)} s`;
    if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
    return `${(seconds / 3600).toFixed(1)} h`;
  };

  /** The progress of a download as text. */
  function step(download) {
    if (download.state === 'waiting') return 'Contacting the Hugging Face Hub…';
    if (download.state === 'checking') return 'Checking the files…';
    const parts = [`${bytes(download.bytes_done)} of ${bytes(download.bytes_total)}`];
    if (download.bytes_per_second) parts.push(`${bytes(download.bytes_per_second)}/s`);
    if (download.seconds_left != null) parts.push(`${duration(download.seconds_left)} left`);
    return parts.join(' · ');
  }

  aloud.mountEngines = (element, trigger) => {
    const show = mountCards(aloud.part(element, 'engines'), (...args) => { trigger(...args); aloud.feed.soon(); });
    aloud.feed.add(element, {
      show: ({ engines }) => { if (engines) show(engines); },
      trouble: (text) => {
        setText(aloud.part(element, 'trouble'), text);
        aloud.part(element, 'trouble').hidden = !text;
      },
    });
  };

  /** Return a function that shows engines in `board`. */
  function mountCards(board, trigger) {
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
        const text = make('span', '', 'I have read and accept the ');
        text.append(link);
        agree.append(box, text);
        box.addEventListener('change', () => updateWeights(row, row.item));
        row.append(agree);
      }
      const meter = make('div', 'meter');
      meter.setAttribute('role', 'progressbar');
      meter.setAttribute('aria-label', `Download progress: ${item.label}`);
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
      setText(row.querySelector('.about'), item.ready ? `${bytes(item.size_bytes)} · downloaded`
        : [`about ${bytes(item.size_bytes)}`, item.must_agree ? '' : item.licence,
          item.gated ? 'requires a Hugging Face account' : '', item.note].filter(Boolean).join(' · '));
      if (agree) agree.hidden = item.accepted || working;
      button.hidden = item.ready && !working && (item.accepted || !item.must_agree);
      button.dataset.action = working ? 'cancel' : 'download';
      setText(button, working ? 'Cancel' : item.ready ? 'Accept' : resumable ? 'Try again' : 'Download');
      button.setAttribute('aria-label', `${button.textContent}: ${item.label}`);
      button.disabled = !working && Boolean(agree) && !agree.hidden && !agree.querySelector('input').checked;
      const meter = row.querySelector('.meter');
      meter.hidden = !working;
      const share = working && download.bytes_total ? Math.min(download.bytes_done / download.bytes_total, 1) : 0;
      meter.setAttribute('aria-valuenow', String(Math.round(share * 100)));
      meter.firstChild.style.transform = `scaleX(${share})`;
      const progress = row.querySelector('.step');
      setText(progress, working ? step(download) : download?.state === 'failed' ? download.error
        : download?.state === 'cancelled' ? 'Stopped. The next download resumes here.' : '');
      progress.hidden = !progress.textContent;
      progress.classList.toggle('bad', download?.state === 'failed');
    }

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

    /** Show why an engine is not ready; text in backquotes becomes a command with a copy button. */
    function explain(reason, text) {
      reason.hidden = !text;
      if (reason.dataset.text === text) return;
      reason.dataset.text = text;
      const parts = text.split('`').filter((part) => part !== '.'); // A period after a command is dropped.
      // A command is on a line of its own, so what follows it needs no punctuation first.
      reason.replaceChildren(...parts.map((part, i) => (i % 2 ? command(part) : part.replace(/^[.,;] ?/, ''))));
    }

    function command(text) {
      const made = make('span', 'command');
      made.append(make('code', '', text));
      if (!navigator.clipboard) return made; // Available only on localhost and over HTTPS.
      const button = make('button', 'tool', 'Copy');
      button.type = 'button';
      button.setAttribute('aria-label', `Copy: ${text}`);
      button.addEventListener('click', () => aloud.copy(button, text));
      made.append(button);
      return made;
    }

    function updateCard(made, item) {
      const badge = made.querySelector('.badge');
      setText(badge, item.badge);
      badge.className = `badge ${item.tone}`;
      setText(made.querySelector('.facts'), item.facts);
      setText(made.querySelector('.licence'), item.licence);
      explain(made.querySelector('.reason'), item.reason);
      const [first, rest] = [made.querySelector(':scope > .weights'), made.querySelector('.more')];
      const shown = item.weights.filter((w, i) => i < SHOWN || w.ready || w.download);
      const others = item.weights.filter((w) => !shown.includes(w));
      rows(first, shown);
      rows(rest.querySelector('.weights'), others);
      setText(rest.querySelector('summary'), `${others.length} more to download`);
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
