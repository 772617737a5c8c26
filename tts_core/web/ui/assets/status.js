// The History tab: running requests, the history, figures and charts; updates only what differs.
(() => {
  const { setText, make } = aloud;
  const SERIES_MIN_AGE = { hour: 5000, day: 30000, month: 60000 }; // of the charts' data, ms
  const SERIES_MAX_AGE = 60000; // ms; the time axis moves on without new requests

  /** A duration in seconds as text. */
  aloud.seconds = (value) => {
    if (value === null || value === undefined) return '–';
    if (value < 1) return `${Math.round(value * 1000)} ms`;
    if (value < 60) return `${value.toFixed(1)} s`;
    const whole = Math.round(value);
    return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  };
  const factor = (value) => (value ? value.toFixed(value < 0.1 ? 4 : 2) : '0');

  /** Make the children of `parent` match `items` by `request_id`, in order. */
  aloud.keyed = (parent, items, create, update) => {
    const old = new Map([...parent.children].map((child) => [child.dataset.id, child]));
    const wanted = items.map((item) => {
      let child = old.get(item.request_id);
      if (!child) {
        child = create(item);
        child.dataset.id = item.request_id;
      }
      old.delete(item.request_id);
      update?.(child, item);
      return child;
    });
    old.forEach((child) => child.remove()); // Before the others move: moving a playing element would stop it.
    wanted.forEach((child, i) => {
      if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] ?? null);
    });
  };

  const CHARTS = [
    { name: 'requests', title: 'Requests', bars: true, tick: (v) => v.toLocaleString('en'), read: (v) => v.toLocaleString('en'), none: 'No requests', nothing: 'none' },
    { name: 'errors', title: 'Errors', bars: true, tick: (v) => v.toLocaleString('en'), read: (v) => v.toLocaleString('en'), none: 'No errors', nothing: 'none' },
    { name: 'first_audio', title: 'Time to first audio, median', tick: (v) => (v < 1 ? `${+(v * 1000).toPrecision(3)} ms` : `${+v.toPrecision(3)} s`), read: aloud.seconds, none: 'No audio', nothing: 'none' },
    { name: 'real_time_factor', title: 'Real-time factor', tick: (v) => String(+v.toPrecision(2)), read: factor, none: 'No audio', nothing: 'none' },
  ];

  class Status {
    constructor(element, trigger) {
      this.element = element;
      this.part = (role) => aloud.part(element, role);
      this.trigger = trigger;
      this.tags = {};
      this.labels = { engines: {}, voices: {} };
      this.window = 'hour';
      this.showSeries = aloud.mountCharts(this.part, CHARTS);
      this.history = new aloud.History(this.part, this.labels, (id) => { this.history.stopPlayback(); trigger('speak_again', { request_id: id }); });
      this.part('windows').addEventListener('click', (event) => this.choose(event.target.closest('button')));
      aloud.feed.add(element, {
        show: (sections) => this.show(sections),
        trouble: (text) => this.showTrouble(text),
        visible: (visible) => { if (!visible) this.history.stopPlayback(); },
      });
    }

    showTrouble(text) {
      const told = text || (this.error ? `${this.error.replace(/\.$/, '')}. Speech still works; recent requests are kept in memory.` : '');
      setText(this.part('trouble'), told);
      this.part('trouble').hidden = !told;
    }

    show({ names, statistics, active, state }) {
      if (names) {
        Object.assign(this.labels, names);
        this.history.setChoices(Object.entries(names.engines).filter(([name]) => this.usedEngines?.includes(name)), names.doors);
      }
      if (statistics) {
        this.tiles(statistics);
        this.usedEngines = Object.keys(statistics.engines);
        this.history.setChoices(this.usedEngines.map((name) => [name, this.labels.engines[name] ?? name]), this.labels.doors ?? []);
      }
      if (active) this.jobs(active);
      if (state) {
        this.error = state.error ?? '';
        setText(this.part('ask-text'), `All ${state.shared ? '' : 'your '}finished requests and their saved audio will be deleted. Statistics are kept.`);
        this.version = state.version;
      }
      if (names && this.history.version !== null) this.history.show();
      if (this.version === undefined) return; // Nothing has been polled yet.
      this.history.changed(this.version);
      this.updateCharts();
    }

    jobs(active) {
      aloud.keyed(this.part('jobs'), active, (item) => this.job(item), (row, item) => this.updateJob(row, item));
      this.part('running').hidden = active.length === 0;
    }

    tiles(s) {
      const tile = (name, text) => setText(this.element.querySelector(`[data-tile="${name}"]`), text);
      const note = (name, text) => setText(this.element.querySelector(`[data-note="${name}"]`), text);
      const ended = s.completed_requests + s.error_requests;
      tile('requests', s.total_requests.toLocaleString('en'));
      note('requests', s.cancelled_requests ? `${s.cancelled_requests.toLocaleString('en')} stopped` : 'all time');
      tile('success', ended ? `${s.success_rate}%` : '–');
      note('success', ended ? `${s.error_requests.toLocaleString('en')} failed` : 'no finished requests yet');
      tile('first', aloud.seconds(s.median_first_audio_seconds));
      tile('rtf', s.audio_seconds ? factor(s.real_time_factor) : '–');
      const cached = s.cached_chunks ? `, ${s.cache_hit_rate}% from cache` : '';
      note('rtf', s.audio_seconds ? `${aloud.seconds(s.audio_seconds)} of audio generated${cached}` : 'compute time per second of audio');
    }

    job(item) {
      const row = make('li', 'job');
      const stop = make('button', 'tool', 'Stop');
      stop.type = 'button';
      stop.setAttribute('aria-label', `Stop: ${item.text_preview}`);
      stop.addEventListener('click', () => {
        stop.disabled = true;
        this.trigger('stop_request', { request_id: item.request_id });
        aloud.feed.soon();
      });
      const bar = make('div', 'meter');
      bar.setAttribute('role', 'progressbar');
      bar.setAttribute('aria-label', item.text_preview);
      bar.append(make('i', ''));
      const words = make('div', 'words');
      const text = make('p', 'preview', item.text_preview);
      text.dir = 'auto';
      words.append(text, make('p', 'step'), bar);
      row.append(words, stop);
      return row;
    }

    updateJob(row, item) {
      const { engines, voices } = this.labels;
      const left = item.estimated_completion ? item.estimated_completion - Date.now() / 1000 : 0;
      const fallback = item.fallback && `instead of ${engines[item.fallback.from] ?? item.fallback.from}`;
      const details = [
        item.current_step,
        left >= 1 && `about ${aloud.seconds(Math.ceil(left)).replace('.0', '')} left`,
        engines[item.engine] ?? item.engine,
        fallback,
        voices[item.voice] ?? item.voice,
        aloud.seconds(item.duration_seconds),
      ];
      setText(row.querySelector('.step'), details.filter(Boolean).join(' · '));
      const bar = row.querySelector('.meter');
      bar.setAttribute('aria-valuenow', String(item.progress_percentage));
      bar.firstChild.style.transform = `scaleX(${item.progress_percentage / 100})`;
    }

    choose(button) {
      if (!button) return;
      this.part('windows').querySelectorAll('button').forEach((b) => b.setAttribute('aria-pressed', String(b === button)));
      this.window = button.dataset.window;
      this.drawn = null;
      this.updateCharts();
    }

    /** Load and draw the charts' data if the present data is too old. */
    async updateCharts() {
      const now = performance.now();
      const { window: name, version } = this;
      const age = now - (this.drawn?.at ?? -Infinity);
      if (this.drawn && (age < SERIES_MIN_AGE[name] || (this.drawn.version === version && age < SERIES_MAX_AGE))) return;
      this.drawn = { at: now, version };
      try {
        const data = await aloud.fetchJson(`/status/series?window=${name}&shift=${-new Date().getTimezoneOffset()}`);
        if (name === this.window) this.showSeries(data, this.labels.engines);
      } catch {
        this.drawn = null; // Retry after the next poll, which reports the error.
      }
    }
  }

  aloud.mountStatus = (element, trigger) => new Status(element, trigger);
})();
