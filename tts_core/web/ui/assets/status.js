// The status tab: the DOM is changed only where the news differs, so nothing flickers.
(() => {
  const seconds = (value) => {
    if (value === null || value === undefined) return '–';
    if (value < 1) return `${Math.round(value * 1000)} ms`;
    if (value < 60) return `${value.toFixed(1)} s`;
    return `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;
  };
  const OUTCOMES = { completed: 'Completed', error: 'Failed', cancelled: 'Stopped', interrupted: 'Interrupted' };

  const { put, make } = aloud;

  /** Make the children of `parent` match `items` by `request_id`, in order. */
  function keyed(parent, items, create, update) {
    const old = new Map([...parent.children].map((child) => [child.dataset.id, child]));
    items.forEach((item, i) => {
      let child = old.get(item.request_id);
      if (!child) {
        child = create(item);
        child.dataset.id = item.request_id;
      }
      old.delete(item.request_id);
      update?.(child, item);
      if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] ?? null);
    });
    old.forEach((child) => child.remove());
  }

  aloud.mountStatus = (element, props, watch, trigger) => {
    const part = (role) => aloud.part(element, role);
    const showEngines = aloud.mountEngines(part('engines'), trigger);

    function tiles(s) {
      const tile = (name, text) => put(element.querySelector(`[data-tile="${name}"]`), text);
      const note = (name, text) => put(element.querySelector(`[data-note="${name}"]`), text);
      const ended = s.completed_requests + s.error_requests;
      tile('requests', s.total_requests.toLocaleString('en'));
      note('requests', s.cancelled_requests ? `${s.cancelled_requests} of them stopped` : 'since the start');
      tile('success', ended ? `${s.success_rate} %` : '–');
      note('success', ended ? `${s.error_requests} failed` : 'no request has ended yet');
      tile('first', seconds(s.median_first_audio_seconds));
      const factor = s.real_time_factor;
      tile('rtf', s.audio_seconds ? factor.toFixed(factor < 0.1 ? 4 : 2) : '–');
      note('rtf', s.audio_seconds ? `${seconds(s.audio_seconds)} of sound made` : 'work for a second of sound');
    }

    function job(item) {
      const row = make('li', 'job');
      const stop = make('button', 'tool', 'Stop');
      stop.type = 'button';
      stop.setAttribute('aria-label', `Stop: ${item.text_preview}`);
      stop.addEventListener('click', () => {
        stop.disabled = true;
        trigger('stop_request', { request_id: item.request_id });
      });
      const bar = make('div', 'meter');
      bar.setAttribute('role', 'progressbar');
      bar.append(make('i', ''));
      const words = make('div', 'words');
      const text = make('p', 'preview', item.text_preview);
      text.dir = 'auto';
      words.append(text, make('p', 'step'), bar);
      row.append(words, stop);
      return row;
    }

    function updateJob(row, item) {
      const done = item.progress?.progress_percentage ?? 0;
      const where = [item.progress?.current_step, item.engine, item.voice, seconds(item.duration_seconds)];
      put(row.querySelector('.step'), where.filter(Boolean).join(' · '));
      const bar = row.querySelector('.meter');
      bar.setAttribute('aria-valuenow', String(done));
      bar.firstChild.style.transform = `scaleX(${done / 100})`;
    }

    function entry(item) {
      const row = make('div', `row ${item.status}`);
      row.setAttribute('role', 'row');
      const cell = (name, text) => {
        const made = make('span', name, text);
        made.setAttribute('role', 'cell');
        row.append(made);
        return made;
      };
      const when = new Date(item.start_time * 1000);
      cell('when', when.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' })).title = when.toLocaleString();
      const text = cell('preview', item.text_preview || '(no text)');
      text.dir = 'auto';
      text.title = item.text_preview;
      cell('voice', [item.voice, item.engine].filter(Boolean).join(' · '));
      cell('sound', item.audio_seconds ? seconds(item.audio_seconds) : '–');
      cell('took', seconds(item.duration_seconds));
      cell(`outcome ${item.status}`, OUTCOMES[item.status] ?? item.status);
      if (item.error) cell('why', item.error).dir = 'auto';
      if (item.fallback) cell('why mild', item.fallback).dir = 'auto';
      return row;
    }

    watch('value', () => {
      const raw = props.value?.json;
      if (!raw || raw === aloud.mountStatus.last) return;
      aloud.mountStatus.last = raw;
      const news = JSON.parse(raw);
      tiles(news.statistics);
      showEngines(news.engines);
      keyed(part('jobs'), news.active, job, updateJob);
      part('no-jobs').hidden = news.active.length > 0;
      keyed(part('rows'), news.history, entry);
      part('no-history').hidden = news.history.length > 0;
      part('history').hidden = news.history.length === 0;
    });
  };
})();
