// The History tab: running requests, the history, figures and charts; updates only what differs.
(() => {
  const { setText, make, text } = aloud;
  const SERIES_MIN_AGE = { hour: 5000, day: 30000, month: 60000 }; // of the charts' data, ms
  const SERIES_MAX_AGE = 60000; // ms; the time axis moves on without new requests

  const factor = (value) => (value ? aloud.decimal(value, value < 0.1 ? 4 : 2) : aloud.number(0));

  const CHARTS = [
    { name: 'requests', title: text('figures.requests'), bars: true, tick: aloud.number, read: aloud.number, none: text('charts.no_requests') },
    { name: 'errors', title: text('charts.errors'), bars: true, tick: aloud.number, read: aloud.number, none: text('charts.no_errors') },
    { name: 'first_audio', title: text('charts.first'), tick: (v) => (v < 1 ? text('unit.ms', { value: +(v * 1000).toPrecision(3) }) : text('unit.s', { value: +v.toPrecision(3) })), read: aloud.seconds, none: text('charts.no_audio') },
    { name: 'real_time_factor', title: text('figures.rtf'), tick: (v) => aloud.number(+v.toPrecision(2)), read: factor, none: text('charts.no_audio') },
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
        trouble: (words) => this.showTrouble(words),
        visible: (visible) => { if (!visible) this.history.stopPlayback(); },
      });
    }

    showTrouble(trouble) {
      const told = trouble || (this.error ? text('history.in_memory', { why: this.error.replace(/\.$/, '') }) : '');
      setText(this.part('trouble'), told);
      this.part('trouble').hidden = !told;
    }

    show({ names, statistics, active, state }) {
      if (names) {
        // What has failed before it had a voice has the one that was asked for.
        Object.assign(this.labels, names, { voices: { default: text('automatic'), ...names.voices } });
        this.history.setChoices(Object.entries(names.engines).filter(([name]) => this.usedEngines?.includes(name)), names.doors, names.library);
      }
      if (statistics) {
        this.tiles(statistics);
        this.usedEngines = Object.keys(statistics.engines);
        this.history.setChoices(this.usedEngines.map((name) => [name, this.labels.engines[name] ?? name]), this.labels.doors ?? [], this.labels.library ?? []);
      }
      if (active) this.jobs(active);
      if (state) {
        this.error = state.error ?? '';
        setText(this.part('ask-text'), text(state.shared ? 'history.delete_text' : 'history.delete_text_own'));
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
      const tile = (name, words) => setText(this.element.querySelector(`[data-tile="${name}"]`), words);
      const note = (name, words) => setText(this.element.querySelector(`[data-note="${name}"]`), words);
      const ended = s.completed_requests + s.error_requests;
      tile('requests', aloud.number(s.total_requests));
      note('requests', s.cancelled_requests ? text('figures.stopped', { count: s.cancelled_requests }) : text('figures.all_time'));
      tile('success', ended ? aloud.percent(s.success_rate) : '–');
      note('success', ended ? text('figures.failed', { count: s.error_requests }) : text('figures.none_finished'));
      tile('first', aloud.seconds(s.median_first_audio_seconds));
      tile('rtf', s.audio_seconds ? factor(s.real_time_factor) : '–');
      const made = { time: aloud.seconds(s.audio_seconds), share: aloud.percent(s.cache_hit_rate) };
      note('rtf', text(!s.audio_seconds ? 'figures.rtf_note' : s.cached_chunks ? 'figures.generated_cached' : 'figures.generated', made));
    }

    job(item) {
      const row = make('li', 'job');
      const stop = make('button', 'tool', text('stop'));
      stop.type = 'button';
      stop.setAttribute('aria-label', text('action', { action: text('stop'), what: item.text_preview }));
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
      const preview = make('p', 'preview', item.text_preview);
      preview.dir = 'auto';
      words.append(preview, make('p', 'step'), bar);
      row.append(words, stop);
      return row;
    }

    updateJob(row, item) {
      const { engines, voices } = this.labels;
      const left = item.estimated_completion ? item.estimated_completion - Date.now() / 1000 : 0;
      const fallback = item.fallback && text('history.instead', { engine: engines[item.fallback.from] ?? item.fallback.from });
      const details = [
        aloud.said(item.current_step),
        left >= 1 && text('left', { time: left < 60 ? text('unit.s', { value: Math.ceil(left) }) : aloud.seconds(Math.ceil(left)) }),
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
