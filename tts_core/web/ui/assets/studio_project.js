// One project: chapters, the table of its sentences, the sentence that one is at, cast, export.
(() => {
  const { make, setText, text, part, studioButton: button } = aloud;

  class Project {
    /** `back` leaves the project; `soon` polls now, and then as often as what is under way needs. */
    constructor(place, id, back, soon) {
      Object.assign(this, { place, id, back, soon, api: aloud.studioApi(id), project: null, names: new Map() });
      this.draw();
      const does = {
        play: (index) => this.guard(() => this.sound.toggle(index)),
        again: (indices) => this.again(indices),
        edit: () => this.editor.start(),
        lock: () => { const s = this.rows.current; if (s) this.change({ locked: !s.locked }); },
        merge: () => this.merge(),
        search: () => this.find.focus(),
        moved: () => this.card.draw(),
        loaded: () => this.card.draw(),
        drawn: (first) => this.showChapter(first),
        voice: (voice) => this.names.get(voice) ?? voice,
      };
      this.rows = new aloud.StudioRows(this.part('grid'), (indices) => this.asked(() => this.api.segments(indices)), does);
      this.editor = aloud.studioEditor(this.rows, {
        saved: (segment, words) => this.act(async () => { this.rows.put(await this.api.edit(segment.index, { text: words })); }),
        split: (segment, words, at) => this.split(segment, words, at),
        again: (indices) => this.again(indices),
      });
      this.sound = new aloud.StudioSound(this.api, (index) => this.segment(index), (index) => { this.rows.playing = index; this.rows.soon(); }, (words) => this.trouble(words));
      this.card = aloud.studioCard(this.part('sentence'), this.rows, {
        language: () => this.cast?.language ?? this.project?.language ?? 'en',
        change: (changes) => this.change(changes),
        choose: (segment, take) => this.act(async () => { this.rows.put(await this.api.edit(segment.index, { take })); }),
        takes: (index) => this.asked(() => this.api.takes(index)),
        play: (index, take) => this.guard(() => this.sound.play(index, take)),
        again: does.again, edit: does.edit, merge: does.merge,
        follow: (chosen) => chosen.at(-1) - chosen[0] === chosen.length - 1,
      });
      this.find = aloud.studioFind(this.part('find'), {
        changed: () => this.filter(),
        replace: (find, by) => this.act(async () => {
          const { changed } = await this.api.replace(find, by);
          this.find.told(text('studio.replaced', { count: changed.length }));
        }),
        undo: () => this.step('undo'),
        redo: () => this.step('redo'),
        again: () => this.again(this.rows.view ?? []),
        back: () => this.rows.grid.focus({ preventScroll: true }),
      });
      this.casting = aloud.studioCast(this.part('cast'), (changes) => this.act(async () => { await this.api.recast(changes); }));
      this.exports = aloud.studioExports(this.part('export'), this.api, (changes) => this.act(async () => { await this.api.recast(changes); }));
      this.part('body').addEventListener('keydown', (event) => this.key(event));
      aloud.studioVoices().then(({ voices }) => { for (const voice of voices) if (voice.name) this.names.set(voice.id, voice.name); }, () => {});
    }

    draw() {
      const key = (name, does) => `<span><kbd>${name}</kbd> ${aloud.html(does)}</span>`;
      this.place.innerHTML = `
        <header class="studio-head">
          <button type="button" class="tool" data-role="back">${aloud.html('studio.back')}</button>
          <div class="words"><h2 data-role="title" dir="auto"></h2><p class="facts" data-role="facts"></p></div>
          <button type="button" class="tool" data-role="go" hidden></button>
        </header>
        <div class="meter" data-role="meter" role="progressbar" aria-valuemin="0" aria-valuemax="100"><i></i></div>
        <p class="trouble" data-role="trouble" role="alert" hidden></p>
        <ul class="studio-warnings facts" data-role="warnings" hidden></ul>
        <p class="unseen" data-role="said" role="status"></p>
        <div class="studio-body" data-role="body">
          <nav class="card studio-chapters" aria-labelledby="studio-chapters-title"><h3 id="studio-chapters-title">${aloud.html('studio.chapters')}</h3><ol data-role="chapters"></ol></nav>
          <section class="card studio-table" aria-label="${aloud.html('studio.rows')}">
            <div class="studio-find" data-role="find" role="search"></div>
            <p class="studio-here" data-role="here" dir="auto" aria-hidden="true"></p>
            <div class="studio-grid" data-role="grid" role="grid" tabindex="0" aria-multiselectable="true" aria-label="${aloud.html('studio.rows')}"></div>
            <p class="keys">${key('↑ ↓', 'gallery.key_move')}${key(aloud.html('key.enter'), 'studio.key_edit')}${key(`${aloud.html('key.ctrl')}+${aloud.html('key.enter')}`, 'studio.key_again')}${key(aloud.html('key.space'), 'gallery.key_play')}${key('/', 'gallery.key_search')}</p>
          </section>
          <div class="studio-side"><section class="card" data-role="sentence" hidden></section><section class="card" data-role="cast"></section><section class="card" data-role="export"></section></div>
        </div>`;
      this.part('back').addEventListener('click', () => this.back());
      this.part('go').addEventListener('click', () => this.act(() => this.api.control(this.resumable ? 'resume' : 'pause')));
    }

    part(role) { return part(this.place, role); }

    // ---- What the user does ---------------------------------------------------------------------

    key(event) {
      const command = event.ctrlKey || event.metaKey;
      const writes = event.target.matches('input:not([type=checkbox], [type=radio]), textarea');
      const letter = event.key.toLowerCase();
      if (command && !writes && (letter === 'z' || letter === 'y')) this.step(letter === 'y' || event.shiftKey ? 'redo' : 'undo');
      else if (command && letter === 'f') this.find.focus();
      else return;
      event.preventDefault();
    }

    /** Do something, and show what has become of the project; returns whether it went well. Errors
     * are shown above the table. */
    async act(work) {
      this.trouble('');
      try {
        await work();
      } catch (error) {
        this.trouble(error.message);
        return false;
      }
      this.soon();
      return true;
    }
    async asked(work) {
      try { return await work(); } catch (error) { this.trouble(error.message); return null; }
    }
    guard(work) { return this.asked(work); }

    again(indices) {
      if (!indices.length) return null;
      return this.act(async () => {
        const { changed } = await this.api.again(indices);
        this.say(text('studio.replaced', { count: changed.length }));
      });
    }
    change(changes) {
      const chosen = this.rows.chosen;
      if (!chosen.length) return null;
      return this.act(async () => {
        if (chosen.length > 1) await this.api.editMany(chosen, changes);
        else this.rows.put(await this.api.edit(chosen[0], changes));
      });
    }
    merge() {
      const chosen = this.rows.chosen;
      if (!chosen.length || chosen.at(-1) - chosen[0] !== chosen.length - 1) return null;
      return this.act(async () => {
        await this.api.merge(chosen[0], Math.max(2, chosen.length));
        this.rows.forget();
        await this.filter(false);
        this.rows.go(this.rows.place(chosen[0]));
      });
    }
    split(segment, words, at) {
      return this.act(async () => {
        if (words.trim() !== segment.text) await this.api.edit(segment.index, { text: words.trim() });
        // The server counts characters, not units of UTF-16, and not the spaces at the beginning.
        const before = words.slice(0, at).trimStart();
        await this.api.split(segment.index, [...before].length);
        this.rows.forget();
        await this.filter(false);
      });
    }
    /** Undo or redo; keys that are pressed quickly are obeyed one after another. */
    step(way) {
      this.stepping = (this.stepping ?? Promise.resolve()).then(() => this.act(async () => {
        const { changed } = await this.api[way]();
        this.rows.forget();
        this.say(text(way === 'undo' ? 'studio.undone' : 'studio.redone'));
        if (changed.length) this.rows.go(this.rows.place(changed[0]));
      }));
      return this.stepping;
    }

    // ---- What is shown --------------------------------------------------------------------------

    /** List the sentences that are looked for; `top`: begin with the first. */
    async filter(top = true) {
      const { kind, find } = this.find.value();
      const all = kind === 'all' && !find;
      const number = this.filters = (this.filters ?? 0) + 1;
      const found = all ? { indices: null } : await this.asked(() => this.api.found(kind, find));
      if (!found || number !== this.filters) return;
      this.filtered = !all;
      this.find.counted(all ? null : found.indices.length);
      this.rows.show(found.indices, this.total);
      if (top) this.rows.go(Math.max(0, this.rows.at), { center: all });
    }

    async segment(index) {
      if (index < 0 || index >= this.total) return null;
      const known = this.rows.cache.get(index)?.segment;
      if (known?.sound) return known;
      return (await this.asked(() => this.api.segments([index])))?.[0] ?? null;
    }

    get resumable() { return ['paused', 'failed'].includes(this.project.state); }

    /** Ask for what has changed; returns whether more is to be expected soon. */
    async poll() {
      try {
        const { project, undo, redo, export: made } = await this.api.state();
        this.project = project;
        this.total = project.segments;
        this.find.steps(undo, redo);
        this.showProject();
        if (made) this.exports.follow(made);
        if (!this.filtered) this.rows.show(null, this.total);
        const [cast] = await Promise.all([this.api.cast(), this.rows.refresh()]);
        this.cast = cast;
        this.casting.show(cast);
        this.rows.grid.classList.toggle('cast', cast.speakers.length > 0);
        this.card.draw();
        if (this.lost) this.trouble('');
        this.lost = false;
      } catch (error) {
        this.lost = true;
        this.gone = error.status === 404;
        this.trouble(text('feed.trouble', { why: error.message }));
        return true;
      }
      return ['waiting', 'working'].includes(this.project.state) || this.project.planned_percentage < 100;
    }

    showProject() {
      const { project } = this;
      setText(this.part('title'), project.title);
      const facts = [project.author, aloud.studioProgress(project), project.doubtful_segments ? `${text('studio.segment.doubtful')}: ${aloud.number(project.doubtful_segments)}` : ''];
      setText(this.part('facts'), facts.filter(Boolean).join(' · '));
      this.exports.show(project);
      const meter = this.part('meter');
      meter.setAttribute('aria-label', project.title);
      meter.setAttribute('aria-valuenow', String(project.progress_percentage));
      meter.firstChild.style.transform = `scaleX(${project.progress_percentage / 100})`;
      this.part('go').hidden = project.state === 'complete';
      setText(this.part('go'), text(this.resumable ? 'studio.resume' : 'pause'));
      if (project.error && !this.lost) this.trouble(project.error);
      this.showWarnings(project.warnings);
      this.showChapters(project.chapters);
    }

    /** Show what of the document was left out, and which cues are too long. */
    showWarnings(warnings) {
      const list = this.part('warnings');
      list.hidden = !warnings.length;
      if (warnings.join('\n') === list.dataset.drawn) return;
      list.dataset.drawn = warnings.join('\n');
      list.replaceChildren(...warnings.map((words) => Object.assign(make('li', '', words), { dir: 'auto' })));
    }

    showChapters(chapters) {
      const list = this.part('chapters');
      while (list.children.length > chapters.length) list.lastChild.remove();
      let at = 0;
      this.starts = chapters.map((chapter, i) => {
        const start = at;
        at += chapter.segments;
        let item = list.children[i];
        if (!item) {
          item = make('li', '');
          const jump = button('', () => this.jump(i), 'studio-chapter');
          const name = make('span', 'name');
          name.dir = 'auto';
          const meter = make('span', 'meter');
          meter.append(make('i', ''));
          jump.append(name, make('span', 'facts'), meter);
          item.append(jump);
          list.append(item);
        }
        setText(item.querySelector('.name'), chapter.title || text('studio.chapter', { number: i + 1 }));
        setText(item.querySelector('.facts'), `${aloud.number(chapter.done)} / ${aloud.number(chapter.segments)}`);
        item.firstChild.disabled = !chapter.segments; // It has not been read yet.
        item.querySelector('i').style.transform = `scaleX(${chapter.segments ? chapter.done / chapter.segments : 0})`;
        return start;
      });
      this.showChapter(this.rows?.range[0] ?? 0);
    }

    jump(chapter) {
      if (this.filtered) { this.find.list('all'); this.rows.show(null, this.total); }
      this.rows.go(this.starts[chapter]);
      this.rows.grid.scrollTop = this.starts[chapter] * this.rows.height;
      this.rows.grid.focus({ preventScroll: true });
    }

    showChapter(first) {
      if (!this.starts?.length) return;
      const index = this.rows.index(first);
      const chapter = Math.max(0, this.starts.findLastIndex((start) => start <= index && start < this.total));
      const items = this.part('chapters').children;
      if (this.chapter === chapter && items[chapter]?.firstChild.hasAttribute('aria-current')) return;
      this.chapter = chapter;
      const [list, item] = [this.part('chapters'), items[chapter]];
      if (item.offsetTop < list.scrollTop || item.offsetTop + item.offsetHeight > list.scrollTop + list.clientHeight) list.scrollTop = item.offsetTop - list.clientHeight / 2;
      if (item.offsetLeft < list.scrollLeft || item.offsetLeft + item.offsetWidth > list.scrollLeft + list.clientWidth) list.scrollLeft = item.offsetLeft - 8;
      [...items].forEach((item, i) => item.firstChild.toggleAttribute('aria-current', i === chapter));
      setText(this.part('here'), items[chapter]?.querySelector('.name').textContent ?? '');
    }

    trouble(words) {
      setText(this.part('trouble'), words);
      this.part('trouble').hidden = !words;
    }
    say(words) { setText(this.part('said'), words); }
    focus() { this.rows.grid.focus({ preventScroll: true }); }
    close() {
      this.rows.close();
      this.sound.close();
      this.exports.close();
    }
  }
  aloud.StudioProject = Project;
})();
