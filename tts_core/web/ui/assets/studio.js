// The Studio: the list of projects, or the one that is open; asks for what has changed while it is
// visible.
(() => {
  const [BUSY, CALM] = [1500, 6000]; // milliseconds between two questions
  const KEPT = 'studio'; // the project that was open last in this browser

  class Studio {
    constructor(place) {
      Object.assign(this, { place, visible: false, view: null });
      this.open(aloud.openOn('studio') || aloud.load(KEPT) || '', false, false);
      addEventListener('hashchange', () => {
        const id = aloud.openOn('studio');
        if (id !== null && id !== this.id) this.open(id, false, true);
      });
      document.addEventListener('visibilitychange', () => this.poll());
    }

    /** Open a project, or with "" the list of all; `step`: Back leads to what was open before. */
    open(id, step = true, focus = step) {
      this.view?.close();
      this.id = id;
      aloud.save(KEPT, id || null);
      aloud.setOpen('studio', id, step);
      const root = aloud.make('div', ''); // What is still under way in the former view keeps its own.
      this.place.replaceChildren(root);
      this.view = id ? new aloud.StudioProject(root, id, () => this.open(''), () => this.poll()) : aloud.studioList(root, (wanted) => this.open(wanted));
      const view = this.view;
      this.poll().then(() => { if (focus && this.view === view) view.focus(); });
    }

    show(visible) {
      this.visible = visible;
      if (visible && aloud.studioDocument) { // It comes from the Speak tab.
        if (this.id) this.open('', false);
        this.view.take(aloud.studioDocument);
        aloud.studioDocument = null;
      }
      if (visible) this.poll();
      else clearTimeout(this.timer);
    }

    async poll() {
      clearTimeout(this.timer);
      const { view } = this;
      const number = this.polls = (this.polls ?? 0) + 1;
      const busy = await view.poll();
      if (view !== this.view || number !== this.polls) return;
      if (view.gone) { this.open('', false); return; } // It was deleted elsewhere.
      clearTimeout(this.timer);
      if (this.visible && !document.hidden) this.timer = setTimeout(() => this.poll(), busy ? BUSY : CALM);
    }
  }
  aloud.openStudio = (place) => new Studio(place);
})();
