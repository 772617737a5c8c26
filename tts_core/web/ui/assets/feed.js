// What changes on the server: polled while a board that shows it is visible.
(() => {
  const [BUSY, IDLE] = [1000, 2000]; // poll interval with and without running requests, ms

  /** Address of a route, including the prefix of a proxy. */
  aloud.path = (route) => (window.gradio_config?.root ?? '').replace(/\/$/, '') + route;

  /** The JSON of a route. Throws an Error with a message for the user. */
  aloud.fetchJson = async (route, options = {}) => {
    let answer;
    try {
      answer = await fetch(aloud.path(route), { cache: 'no-store', signal: AbortSignal.timeout(10000), ...options });
    } catch {
      throw new Error(aloud.text('feed.silent'));
    }
    const found = await answer.json().catch(() => ({}));
    if (!answer.ok) {
      const told = found.error?.message ?? found.detail ?? aloud.text('feed.error', { status: String(answer.status) });
      const message = aloud.failure(told, found.error?.type);
      throw Object.assign(new Error(message), { status: answer.status });
    }
    return found;
  };

  /** Call `change` with true when the element comes into view, and with false when it leaves. */
  aloud.watchVisible = (element, change) => {
    new IntersectionObserver((entries) => change(entries.at(-1).isIntersecting)).observe(element);
  };

  class Feed {
    constructor() {
      Object.assign(this, { boards: new Map(), sections: {}, tags: {}, polls: 0 });
      document.addEventListener('visibilitychange', () => this.update());
    }

    /** Show in `element` what is new: `show` gets the changed sections, `trouble` an error or "". */
    add(element, board) {
      this.boards.set(element, { visible: false, ...board });
      board.show(this.sections);
      aloud.watchVisible(element, (visible) => {
        this.boards.get(element).visible = visible;
        board.visible?.(visible);
        this.update();
      });
    }

    get wanted() {
      return !document.hidden && [...this.boards.values()].some((board) => board.visible);
    }

    update() {
      clearTimeout(this.timer);
      if (this.wanted) this.poll();
    }

    /** Poll as soon as the server has handled what was just asked of it. */
    soon() {
      setTimeout(() => this.update(), 150);
    }

    async poll() {
      clearTimeout(this.timer);
      const number = ++this.polls; // A newer poll makes this one obsolete.
      let trouble = '';
      try {
        const known = Object.entries(this.tags).map((pair) => pair.join(':')).join(',');
        const { tags, sections } = await aloud.fetchJson(`/page/board?known=${known}`);
        if (number !== this.polls) return;
        this.tags = tags;
        Object.assign(this.sections, sections);
        this.boards.forEach((board) => board.show(sections));
      } catch (error) {
        if (number !== this.polls) return;
        trouble = aloud.text('feed.trouble', { why: error.message });
      }
      this.boards.forEach((board) => board.trouble?.(trouble));
      clearTimeout(this.timer);
      const busy = this.sections.active?.length > 0;
      if (this.wanted) this.timer = setTimeout(() => this.poll(), busy ? BUSY : IDLE);
    }
  }

  aloud.feed = new Feed();
})();
