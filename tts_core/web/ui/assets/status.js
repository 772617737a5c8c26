// The status tab: asks for news while it is seen, and changes the page only where they differ.
(() => {
  const { put, make } = aloud;
  const [BUSY, CALM] = [1000, 2000]; // between two questions, ms
  const SERIES = { hour: 5000, day: 30000, month: 60000 }; // at most so often, ms
  const AGES = 60000; // and at least, for time moves on

  aloud.seconds = (value) => {
    if (value === null || value === undefined) return '–';
    if (value < 1) return `${Math.round(value * 1000)} ms`;
    if (value < 60) return `${value.toFixed(1)} s`;
    const whole = Math.round(value);
    return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  };
  const factor = (value) => (value ? value.toFixed(value < 0.1 ? 4 : 2) : '0');

  /** Where a route of the server is, also behind a proxy's prefix. */
  aloud.path = (route) => (window.gradio_config?.root ?? '').replace(/\/$/, '') + route;

  /** A route's answer. Throws an Error with what a person can read. */
  aloud.ask = async (route, options = {}) => {
    let answer;
    try {
      answer = await fetch(aloud.path(route), { cache: 'no-store', signal: AbortSignal.timeout(10000), ...options });
    } catch {
      throw new Error('the server does not answer.');
    }
    const found = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(found.error?.message ?? found.detail ?? `error ${answer.status}.`);
    return found;
  };

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
    old.forEach((child) => child.remove()); // first: moving what plays would stop it
    wanted.forEach((child, i) => {
      if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] ?? null);
    });
  };

  const CHARTS = [
    { name: 'requests', title: 'Requests', bars: true, tick: (v) => v.toLocaleString('en'), read: (v) => v.toLocaleString('en'), none: 'No request', nothing: 'none' },
    { name: 'errors', title: 'Errors', bars: true, tick: (v) => v.toLocaleString('en'), read: (v) => v.toLocaleString('en'), none: 'No error', nothing: 'none' },
    { name: 'first_audio', title: 'First sound, median', tick: (v) => (v < 1 ? `${+(v * 1000).toPrecision(3)} ms` : `${+v.toPrecision(3)} s`), read: aloud.seconds, none: 'No sound', nothing: 'none' },
    { name: 'real_time_factor', title: 'Real-time factor', tick: (v) => String(+v.toPrecision(2)), read: factor, none: 'No sound', nothing: 'none' },
  ];

  class Status {
    constructor(element, trigger) {
      this.element = element;
      this.part = (role) => aloud.part(element, role);
      this.trigger = trigger;
      this.tags = {};
      this.labels = { engines: {}, voices: {} };
      this.window = 'hour';
      this.showEngines = aloud.mountEngines(this.part('engines'), (...told) => { trigger(...told); this.soon(); });
      this.showSeries = aloud.mountCharts(this.part, CHARTS);
      this.history = new aloud.History(this.part, this.labels, (id) => { this.history.silence(); trigger('speak_again', { request_id: id }); });
      this.part('windows').addEventListener('click', (event) => this.choose(event.target.closest('button')));
      new IntersectionObserver((seen) => this.turn(seen.at(-1).isIntersecting)).observe(element);
      document.addEventListener('visibilitychange', () => this.turn(this.seen));
    }

    /** The tab is shown or hidden. */
    turn(seen) {
      this.seen = seen;
      clearTimeout(this.timer);
      if (!seen) this.history.silence();
      if (seen && !document.hidden) this.poll();
    }

    soon() {
      setTimeout(() => this.turn(this.seen), 150);
    }

    async poll() {
      clearTimeout(this.timer);
      const turn = (this.polls = (this.polls ?? 0) + 1);
      try {
        const known = Object.entries(this.tags).map((pair) => pair.join(':')).join(',');
        const { tags, sections } = await aloud.ask(`/page/board?known=${known}`);
        if (turn !== this.polls) return;
        this.tags = tags;
        this.show(sections);
        this.trouble(this.error ? `${this.error} Speech goes on; the newest requests are kept in memory.` : '');
      } catch (error) {
        if (turn !== this.polls) return;
        this.trouble(`No news: ${error.message} It is tried again.`);
      }
      clearTimeout(this.timer);
      if (this.seen && !document.hidden) this.timer = setTimeout(() => this.poll(), this.busy ? BUSY : CALM);
    }

    trouble(text) {
      put(this.part('trouble'), text);
      this.part('trouble').hidden = !text;
    }

    show({ names, statistics, engines, active, state }) {
      if (names) {
        Object.assign(this.labels, names);
        this.history.choices(Object.entries(names.engines).filter(([name]) => this.used?.includes(name)), names.doors);
      }
      if (statistics) {
        this.tiles(statistics);
        this.used = Object.keys(statistics.engines);
        this.history.choices(this.used.map((name) => [name, this.labels.engines[name] ?? name]), this.labels.doors ?? []);
      }
      if (engines) this.showEngines(engines);
      if (active) this.jobs(active);
      if (state) {
        this.error = state.error ?? '';
        put(this.part('ask-text'), `${state.shared ? 'All requests that have ended' : 'All your requests that have ended'}, and the sound that is kept of them, are deleted. The statistics stay.`);
        this.version = state.version;
      }
      if (names && this.history.version !== null) this.history.show();
      this.history.changed(this.version);
      this.series();
    }

    jobs(active) {
      this.busy = active.length > 0;
      aloud.keyed(this.part('jobs'), active, (item) => this.job(item), (row, item) => this.updateJob(row, item));
      this.part('no-jobs').hidden = this.busy;
    }

    tiles(s) {
      const tile = (name, text) => put(this.element.querySelector(`[data-tile="${name}"]`), text);
      const note = (name, text) => put(this.element.querySelector(`[data-note="${name}"]`), text);
      const ended = s.completed_requests + s.error_requests;
      tile('requests', s.total_requests.toLocaleString('en'));
      note('requests', s.cancelled_requests ? `${s.cancelled_requests.toLocaleString('en')} of them stopped` : 'since the start');
      tile('success', ended ? `${s.success_rate} %` : '–');
      note('success', ended ? `${s.error_requests.toLocaleString('en')} failed` : 'no request has ended yet');
      tile('first', aloud.seconds(s.median_first_audio_seconds));
      tile('rtf', s.audio_seconds ? factor(s.real_time_factor) : '–');
      const reused = s.cached_chunks ? `, ${s.cache_hit_rate} % from the cache` : '';
      note('rtf', s.audio_seconds ? `${aloud.seconds(s.audio_seconds)} of sound made${reused}` : 'work for a second of sound');
    }

    job(item) {
      const row = make('li', 'job');
      const stop = make('button', 'tool', 'Stop');
      stop.type = 'button';
      stop.setAttribute('aria-label', `Stop: ${item.text_preview}`);
      stop.addEventListener('click', () => {
        stop.disabled = true;
        this.trigger('stop_request', { request_id: item.request_id });
        this.soon();
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
      const where = [
        item.current_step,
        left >= 1 && `about ${aloud.seconds(Math.ceil(left)).replace('.0', '')} left`,
        engines[item.engine] ?? item.engine,
        fallback,
        voices[item.voice] ?? item.voice,
        aloud.seconds(item.duration_seconds),
      ];
      put(row.querySelector('.step'), where.filter(Boolean).join(' · '));
      const bar = row.querySelector('.meter');
      bar.setAttribute('aria-valuenow', String(item.progress_percentage));
      bar.firstChild.style.transform = `scaleX(${item.progress_percentage / 100})`;
    }

    choose(button) {
      if (!button) return;
      this.part('windows').querySelectorAll('button').forEach((b) => b.setAttribute('aria-pressed', String(b === button)));
      this.window = button.dataset.window;
      this.drawn = null;
      this.series();
    }

    /** The charts, when they are old enough to be drawn anew. */
    async series() {
      const now = performance.now();
      const { window: name, version } = this;
      const age = now - (this.drawn?.at ?? -Infinity);
      if (this.drawn && (age < SERIES[name] || (this.drawn.version === version && age < AGES))) return;
      this.drawn = { at: now, version };
      try {
        const data = await aloud.ask(`/status/series?window=${name}&shift=${-new Date().getTimezoneOffset()}`);
        if (name === this.window) this.showSeries(data, this.labels.engines);
      } catch {
        this.drawn = null; // with the next news; that says what is wrong
      }
    }
  }

  aloud.mountStatus = (element, trigger) => new Status(element, trigger);
})();
