// Bar and line charts over time in SVG, with a readout of the values at the pointer or the
// keyboard cursor, and the same values as a table.
(() => {
  const { setText, make } = aloud;
  const NS = 'http://www.w3.org/2000/svg';
  const HEIGHT = 168;
  const [TOP, RIGHT, BOTTOM, LEFT] = [12, 8, 24, 56]; // LEFT at least: units are long in some languages
  const COLORS = 8; // .series-0 to .series-7 in status.css

  const draw = (parent, tag, attributes, text) => {
    const element = document.createElementNS(NS, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text !== undefined) element.textContent = text;
    parent.append(element);
    return element;
  };

  /** Round tick values from 0 to at least `most`, in three to five steps. */
  function ticks(most, whole) {
    const rough = (most || 1) / 4;
    const power = 10 ** Math.floor(Math.log10(rough));
    let step = [1, 2, 2.5, 5, 10].map((x) => x * power).find((x) => x >= rough * 0.999);
    if (whole) step = Math.max(1, Math.ceil(step));
    const count = Math.max(1, Math.ceil((most || step) / step - 1e-9));
    return Array.from({ length: count + 1 }, (_, i) => i * step);
  }

  /** A time of day, or a date when a step is a day or more. */
  function clock(seconds, step) {
    const when = new Date(seconds * 1000);
    return step >= 86400
      ? aloud.date(when, { day: 'numeric', month: 'short' })
      : aloud.date(when, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  }
  /** The period of slot `i`. */
  function span(data, i) {
    const start = data.start + i * data.step_seconds;
    if (data.step_seconds === 60) return clock(start, 60);
    if (data.step_seconds >= 86400) return clock(start + 43200, 86400);
    return `${clock(start, 60)}–${clock(start + data.step_seconds, 60)}`;
  }
  /** The slots that get a label on the time axis: round hours or minutes, or every few days. */
  function marks(data, width) {
    const room = Math.max(2, Math.floor(width / 88));
    const spans = data.step_seconds >= 86400 ? [1, 2, 5, 7, 10, 15] : [5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720].map((m) => (m * 60) / data.step_seconds);
    const every = spans.find((n) => n >= 1 && data.slots / n <= room) ?? data.slots;
    const found = [];
    for (let i = 0; i < data.slots; i++) {
      const at = new Date((data.start + i * data.step_seconds) * 1000);
      const minutes = at.getHours() * 60 + at.getMinutes();
      const labeled = data.step_seconds >= 86400 ? (data.slots - 1 - i) % every === 0 : minutes % ((every * data.step_seconds) / 60) === 0;
      if (labeled) found.push(i);
    }
    return found;
  }

  const pen = document.createElement('canvas').getContext('2d');
  /** The width of a tick's text in pixels. */
  function widthOf(text, place) {
    pen.font = `12px ${getComputedStyle(place).fontFamily}`; // .tick in status.css
    return pen.measureText(text).width;
  }

  class Chart {
    /** `spec`: the series' name and title, how to format values; `bars`: stacked counts, not lines. */
    constructor(figure, spec) {
      Object.assign(this, { figure, spec, at: null, left: LEFT });
      const caption = make('figcaption', '');
      caption.append(make('span', 'title', spec.title), (this.readout = make('span', 'reads')));
      this.readout.setAttribute('aria-live', 'polite');
      this.plot = make('div', 'plot');
      this.plot.tabIndex = 0;
      this.plot.setAttribute('role', 'img');
      this.plot.setAttribute('aria-label', spec.title); // until there is data
      figure.append(caption, this.plot);
      this.plot.addEventListener('pointermove', (event) => this.point(this.slotAt(event.offsetX)));
      this.plot.addEventListener('pointerleave', () => this.point(null));
      this.plot.addEventListener('blur', () => this.point(null));
      this.plot.addEventListener('keydown', (event) => this.key(event));
      new ResizeObserver(() => this.render()).observe(this.plot);
    }

    show(data, engines) {
      Object.assign(this, { data, engines });
      this.render();
    }

    get width() { return this.plot.clientWidth; }
    x(i) { return this.left + ((i + 0.5) * (this.width - this.left - RIGHT)) / this.data.slots; }
    y(value) { return HEIGHT - BOTTOM - (value / this.top) * (HEIGHT - TOP - BOTTOM); }
    slotAt(x) {
      const i = Math.floor(((x - this.left) / (this.width - this.left - RIGHT)) * this.data.slots);
      return i >= 0 && i < this.data.slots ? i : null;
    }
    values(engine) { return this.data.engines[engine.name][this.spec.name]; }

    render() {
      if (!this.data || this.width < 100) return;
      const { spec, data, engines } = this;
      const most = spec.bars
        ? Math.max(0, ...Array.from({ length: data.slots }, (_, i) => engines.reduce((n, e) => n + this.values(e)[i], 0)))
        : Math.max(0, ...engines.flatMap((e) => this.values(e).map((v) => v ?? 0)));
      const steps = ticks(most, spec.bars);
      this.top = steps.at(-1);
      this.left = Math.max(LEFT, ...steps.map((value) => widthOf(spec.tick(value), this.plot) + 16));
      const svg = document.createElementNS(NS, 'svg');
      svg.setAttribute('width', this.width);
      svg.setAttribute('height', HEIGHT);
      svg.setAttribute('aria-hidden', 'true');
      for (const value of steps) {
        draw(svg, 'line', { class: 'grid', x1: this.left, x2: this.width - RIGHT, y1: this.y(value), y2: this.y(value) });
        draw(svg, 'text', { class: 'tick', x: this.left - 8, y: this.y(value) + 4, 'text-anchor': 'end' }, spec.tick(value));
      }
      for (const i of marks(data, this.width - this.left - RIGHT)) {
        if (this.x(i) > this.width - 30) continue; // The label would be cut off.
        draw(svg, 'text', { class: 'tick', x: this.x(i), y: HEIGHT - 6, 'text-anchor': 'middle' }, clock(data.start + (i + (data.step_seconds >= 86400 ? 0.5 : 0)) * data.step_seconds, data.step_seconds));
      }
      if (spec.bars) this.bars(svg);
      else engines.forEach((engine) => this.line(svg, engine));
      this.cursor = draw(svg, 'line', { class: 'cursor', y1: TOP, y2: HEIGHT - BOTTOM, visibility: 'hidden' });
      this.plot.replaceChildren(svg);
      if (!most) this.plot.append(make('p', 'empty', spec.none));
      this.plot.setAttribute('aria-label', aloud.text('charts.label', { title: spec.title, summary: this.summary() }));
      this.point(this.at);
    }

    bars(svg) {
      const room = (this.width - this.left - RIGHT) / this.data.slots;
      const wide = Math.max(1, Math.min(room - 1, 20));
      for (let i = 0; i < this.data.slots; i++) {
        let sum = 0;
        for (const engine of this.engines) {
          const value = this.values(engine)[i];
          if (!value) continue;
          const bottom = this.y(sum);
          sum += value;
          draw(svg, 'rect', { class: `bar series-${engine.color}`, x: this.x(i) - wide / 2, width: wide, y: this.y(sum), height: Math.max(1, bottom - this.y(sum)) });
        }
      }
    }

    line(svg, engine) {
      const values = this.values(engine);
      let path = '';
      let last = -Infinity;
      values.forEach((value, i) => {
        if (value === null) return;
        path += `${i - last > 1 ? 'M' : 'L'}${this.x(i).toFixed(1)} ${this.y(value).toFixed(1)}`;
        last = i;
        const alone = values[i - 1] == null && values[i + 1] == null;
        draw(svg, 'circle', { class: `dot series-${engine.color}`, cx: this.x(i), cy: this.y(value), r: alone ? 3 : 1.5 });
      });
      if (path) draw(svg, 'path', { class: `line series-${engine.color}`, d: path });
    }

    point(i) {
      this.at = i;
      if (!this.data) return;
      const hidden = i === null || i >= this.data.slots;
      this.cursor?.setAttribute('visibility', hidden ? 'hidden' : 'visible');
      if (hidden) {
        setText(this.readout, this.summary());
        return;
      }
      this.cursor?.setAttribute('x1', this.x(i));
      this.cursor?.setAttribute('x2', this.x(i));
      const parts = this.engines
        .map((engine) => [engine, this.values(engine)[i]])
        .filter(([, value]) => (this.spec.bars ? value : value !== null))
        .map(([engine, value]) => `${engine.label} ${this.spec.read(value)}`);
      setText(this.readout, `${span(this.data, i)}: ${parts.join(', ') || aloud.text('charts.nothing')}`);
    }

    summary() {
      const all = this.engines.flatMap((engine) => this.values(engine)).filter((v) => v !== null);
      if (this.spec.bars) {
        const sum = all.reduce((a, b) => a + b, 0);
        return aloud.text('charts.total', { count: sum });
      }
      if (!all.length) return aloud.text('charts.nothing');
      const [least, most] = [Math.min(...all), Math.max(...all)].map(this.spec.read);
      return least === most ? least : aloud.text('charts.range_of', { least, most });
    }

    key(event) {
      const last = this.data ? this.data.slots - 1 : 0;
      const to = { ArrowLeft: (this.at ?? last + 1) - 1, ArrowRight: (this.at ?? -1) + 1, Home: 0, End: last, Escape: null }[event.key];
      if (to === undefined || !this.data) return;
      event.preventDefault();
      this.point(to === null ? null : Math.min(Math.max(to, 0), last));
    }
  }

  function table(data, engines, specs) {
    const made = make('table', '');
    const head = made.createTHead().insertRow();
    for (const text of [aloud.text('history.time'), aloud.text('engine'), ...specs.map((s) => s.title)]) {
      const cell = make('th', '', text);
      cell.scope = 'col';
      head.append(cell);
    }
    const body = made.createTBody();
    for (let i = data.slots - 1; i >= 0; i--) {
      for (const engine of engines) {
        const figures = data.engines[engine.name];
        if (!figures.requests[i]) continue;
        const row = body.insertRow();
        row.insertCell().textContent = span(data, i);
        row.insertCell().textContent = engine.label;
        for (const spec of specs) {
          const value = figures[spec.name][i];
          row.insertCell().textContent = value === null ? '–' : spec.read(value);
        }
      }
    }
    return made;
  }

  /** Return a function that shows the data of `/status/series`; its `labels` are engine names. */
  aloud.mountCharts = (part, specs) => {
    const charts = specs.map((spec) => new Chart(part('charts').querySelector(`[data-chart="${spec.name}"]`), spec));
    const colors = new Map(); // by engine, so that each keeps its color
    let shown = null;
    const fill = () => {
      if (part('figures').open && shown) part('figures-table').replaceChildren(table(shown.data, shown.engines, specs));
    };
    part('figures').addEventListener('toggle', fill);
    return (data, labels) => {
      const engines = Object.keys(data.engines).map((name) => {
        if (!name) return { name, label: aloud.text('charts.rejected'), color: 'rejected' };
        if (!colors.has(name)) colors.set(name, colors.size % COLORS);
        return { name, label: labels[name] ?? name, color: colors.get(name) };
      });
      shown = { data, engines };
      const none = engines.length === 0;
      part('no-charts').hidden = !none;
      part('charts').hidden = part('figures').hidden = part('legend').hidden = none;
      part('legend').replaceChildren(...engines.map((engine) => make('li', `series-${engine.color}`, engine.label)));
      if (!none) charts.forEach((chart) => chart.show(data, engines));
      fill();
    };
  };
})();
