// The table of sentences: only the rows in sight exist, whatever the length of the book. The table
// has the focus and names the row it is at, so that focus never goes with a row out of sight.
(() => {
  const { make, setText, text } = aloud;
  const MORE = 6; // rows above and below those in sight
  const FETCHED = 80; // rows above and below that are asked for, too
  const QUIET = 60; // milliseconds between two requests while one scrolls
  const narrow = matchMedia('(max-width: 820px)');

  /** What a sentence is shown as, by shape and color. */
  const look = (s) => {
    if (s.state === 'failed' || s.state === 'working') return s.state;
    if (s.state === 'waiting') return s.urgent ? 'edited' : 'waiting';
    return s.doubtful ? 'doubtful' : 'done';
  };

  class Rows {
    /** `ask`: returns the segments of some places; `does`: what happens at choosing, playing, … */
    constructor(grid, ask, does) {
      Object.assign(this, { grid, ask, does, cache: new Map(), drawn: new Map(), pool: [], selected: new Set() });
      Object.assign(this, { view: null, total: 0, at: 0, anchor: 0, generation: 0, playing: -1 });
      this.body = make('div', 'studio-rows');
      this.body.setAttribute('role', 'rowgroup');
      grid.append(this.body);
      grid.addEventListener('scroll', () => this.soon(), { passive: true });
      grid.addEventListener('keydown', (event) => { if (event.target === grid) this.key(event); });
      this.body.addEventListener('pointerdown', (event) => { if (event.target.closest('button')) event.preventDefault(); });
      this.body.addEventListener('click', (event) => this.click(event));
      this.body.addEventListener('dblclick', (event) => { if (!event.target.closest('button, .studio-editor')) this.does.edit(); });
      this.resized = () => this.soon();
      narrow.addEventListener('change', this.resized);
      this.observer = new ResizeObserver(this.resized);
      this.observer.observe(grid);
    }

    close() {
      narrow.removeEventListener('change', this.resized);
      this.observer.disconnect();
    }

    get height() { return narrow.matches ? 96 : 64; }
    get count() { return this.view ? this.view.length : this.total; }
    index(place) { return this.view ? this.view[place] : place; }
    place(index) { return this.view ? this.view.indexOf(index) : index; }
    /** The sentence that the table is at, and its place in the book. */
    get current() { return this.cache.get(this.index(this.at))?.segment ?? null; }
    get currentIndex() { return this.count ? this.index(this.at) : -1; }
    /** The places that an action is for: those selected, else the one it is at. */
    get chosen() {
      return this.selected.size ? [...this.selected].sort((a, b) => a - b) : this.count ? [this.currentIndex] : [];
    }

    /** Show all sentences, or those at some places. */
    show(view, total) {
      const index = this.currentIndex;
      const same = this.view === view && this.total === total;
      Object.assign(this, { view, total });
      if (!same) this.at = Math.max(0, Math.min(this.place(index), this.count - 1));
      this.draw();
    }

    /** Forget what is known: places have moved. */
    forget() {
      this.cache = new Map();
      this.selected.clear();
    }

    /** Ask anew for what is in sight. */
    async refresh() {
      this.generation += 1;
      await this.load();
    }

    soon() {
      if (this.frame) return;
      this.frame = requestAnimationFrame(() => { this.frame = 0; this.draw(); });
    }

    get range() {
      const { grid, height } = this;
      const first = Math.floor(grid.scrollTop / height);
      return [Math.max(0, first), Math.min(this.count, first + Math.ceil(grid.clientHeight / height) + 1)];
    }

    async load() {
      const [first, last] = this.range;
      const wanted = [];
      for (let p = Math.max(0, first - FETCHED); p < Math.min(this.count, last + FETCHED); p++) {
        if (this.cache.get(this.index(p))?.generation !== this.generation) wanted.push(this.index(p));
      }
      if (!wanted.length) return;
      const { generation, cache } = this;
      const found = await this.ask(wanted);
      if (!found || cache !== this.cache) return; // Places have moved meanwhile.
      for (const segment of found) {
        if ((cache.get(segment.index)?.generation ?? -1) <= generation) cache.set(segment.index, { segment, generation });
      }
      this.draw();
      this.does.loaded();
    }

    put(segment) {
      this.cache.set(segment.index, { segment, generation: this.generation });
      this.draw();
    }

    draw() {
      const { grid, height, count } = this;
      const [first, last] = this.range;
      const [from, to] = [Math.max(0, first - MORE), Math.min(count, last + MORE)];
      this.body.style.height = `${count * height}px`;
      this.drawing?.();
      grid.setAttribute('aria-rowcount', String(count));
      for (const [place, row] of this.drawn) {
        if (place >= from && place < to) continue;
        this.drawn.delete(place);
        row.remove();
        this.pool.push(row);
      }
      let missing = false;
      for (let place = from; place < to; place++) {
        let row = this.drawn.get(place);
        if (!row) {
          row = this.pool.pop() ?? this.row();
          this.drawn.set(place, row);
          this.body.append(row);
        }
        const known = this.cache.get(this.index(place));
        if (known?.generation !== this.generation) missing = true;
        this.fill(row, place, known?.segment);
      }
      const active = this.drawn.get(this.at);
      if (active) grid.setAttribute('aria-activedescendant', active.id);
      else grid.removeAttribute('aria-activedescendant');
      this.does.drawn(first, last);
      if (!missing) return;
      this.timer ||= setTimeout(() => { this.timer = 0; this.load(); }, QUIET);
    }

    row() {
      const row = make('div', 'studio-row');
      row.setAttribute('role', 'row');
      const cell = (name) => {
        const made = make('div', name);
        made.setAttribute('role', 'gridcell');
        row.append(made);
        return made;
      };
      const mark = cell('mark');
      row.parts = { mark: make('span', 'unseen'), number: cell('number'), text: cell('text'), who: cell('who'), length: cell('length') };
      mark.append(make('i', 'shape'), row.parts.mark, make('i', 'lock'));
      row.parts.text.dir = row.parts.who.dir = 'auto';
      const button = (icon) => {
        const made = aloud.iconButton(icon, '');
        made.tabIndex = -1;
        return made;
      };
      row.parts.play = button('play');
      row.parts.again = button('again');
      const tools = cell('tools');
      tools.append(row.parts.play, row.parts.again);
      return row;
    }

    fill(row, place, segment) {
      const { parts } = row;
      const index = this.index(place);
      row.id = `studio-row-${index}`;
      row.place = place;
      row.style.transform = `translateY(${place * this.height}px)`;
      row.setAttribute('aria-rowindex', String(place + 1));
      row.setAttribute('aria-selected', String(this.selected.has(index) || (place === this.at && !this.selected.size)));
      row.classList.toggle('at', place === this.at);
      row.classList.toggle('playing', index === this.playing);
      row.classList.toggle('empty', !segment);
      setText(parts.number, aloud.number(index + 1));
      const shown = index === this.playing && aloud.playing ? 'pause' : 'play';
      if (row.shown !== shown) parts.play.replaceChildren(aloud.icon(shown));
      row.shown = shown;
      if (row.segment === segment && segment) return;
      row.segment = segment;
      row.dataset.look = segment ? look(segment) : '';
      row.classList.toggle('locked', Boolean(segment?.locked));
      row.classList.toggle('begins', Boolean(segment && (segment.begins_paragraph || segment.kind === 'heading')));
      row.classList.toggle('heading', segment?.kind === 'heading');
      const state = segment ? text(`studio.segment.${look(segment)}`) : '';
      setText(parts.mark, segment?.locked ? `${state}, ${text('studio.segment.locked')}` : state);
      row.firstChild.title = parts.mark.textContent;
      setText(parts.text, segment?.text ?? '');
      parts.text.title = segment?.text ?? '';
      setText(parts.who, segment ? segment.speaker || (segment.own_voice ? this.does.voice(segment.own_voice) : '') : '');
      setText(parts.length, segment?.duration_seconds ? aloud.length(segment.duration_seconds) : '');
      for (const [part, words] of [[parts.play, text('play')], [parts.again, text('studio.again')]]) {
        part.hidden = !segment;
        part.title = words;
        part.setAttribute('aria-label', text('action', { action: words, what: (segment?.text ?? '').slice(0, 60) }));
      }
      parts.play.disabled = !segment?.sound;
      parts.again.disabled = Boolean(segment?.locked);
    }

    // ---- Moving and selecting -----------------------------------------------------------------

    /** Go to a place; `extend`: select up to there; `center`: show it in the middle. */
    go(place, { extend = false, center = false } = {}) {
      if (!this.count) return;
      const to = Math.max(0, Math.min(place, this.count - 1));
      this.at = to;
      if (extend) this.selectRange(this.anchor, to);
      else {
        this.anchor = to;
        this.selected.clear();
      }
      const { grid, height } = this;
      const top = to * height;
      if (center) grid.scrollTop = top - (grid.clientHeight - height) / 2;
      else if (top < grid.scrollTop) grid.scrollTop = top;
      else if (top + height > grid.scrollTop + grid.clientHeight) grid.scrollTop = top + height - grid.clientHeight;
      this.draw();
      this.does.moved();
    }

    selectRange(a, b) {
      this.selected.clear();
      for (let p = Math.min(a, b); p <= Math.max(a, b); p++) this.selected.add(this.index(p));
    }

    toggle(place) {
      const index = this.index(place);
      if (!this.selected.size && this.at !== place) this.selected.add(this.currentIndex);
      if (this.selected.has(index)) this.selected.delete(index);
      else this.selected.add(index);
      this.at = this.anchor = place;
      this.draw();
      this.does.moved();
    }

    click(event) {
      const row = event.target.closest('.studio-row');
      if (!row) return;
      const { place, parts, segment } = row;
      const button = event.target.closest('button');
      if (button && segment) {
        if (button === parts.play) { this.go(place); this.does.play(segment.index); }
        else this.does.again([segment.index]);
      } else if (event.ctrlKey || event.metaKey) this.toggle(place);
      else this.go(place, { extend: event.shiftKey });
      this.grid.focus({ preventScroll: true });
    }

    key(event) {
      const { key, shiftKey: extend } = event;
      const command = event.ctrlKey || event.metaKey;
      const page = Math.max(1, Math.floor(this.grid.clientHeight / this.height) - 1);
      const to = {
        ArrowDown: this.at + 1, ArrowUp: this.at - 1, PageDown: this.at + page, PageUp: this.at - page, Home: 0, End: this.count - 1,
      }[key];
      if (to !== undefined) this.go(to, { extend });
      else if (key === 'Enter' && command) this.does.again(this.chosen);
      else if (key === 'Enter' || key === 'F2') this.does.edit();
      else if (key === ' ' && command) this.toggle(this.at);
      else if (key === ' ') this.does.play(this.currentIndex);
      else if (key.toLowerCase() === 'a' && command) { this.selectRange(0, this.count - 1); this.draw(); this.does.moved(); }
      else if (command || event.altKey) return;
      else if (key === 'Escape') { this.selected.clear(); this.draw(); this.does.moved(); }
      else if (key.toLowerCase() === 'l') this.does.lock();
      else if (key.toLowerCase() === 'm') this.does.merge();
      else if (key === '/') this.does.search();
      else return;
      event.preventDefault();
    }
  }

  aloud.StudioRows = Rows;
  aloud.studioLook = look;
})();
