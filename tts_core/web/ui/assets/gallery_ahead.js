// Tells the server which voices are in sight, so that their sounds are ready when they are played.
(() => {
  const SETTLED = 300; // milliseconds that the list stands still before the server is told
  const MOST = 16; // voices that the server takes

  /** Watch rows of `list`, which scrolls; `heard` returns what the server has to know of a row's voice. */
  aloud.galleryAhead = (list, heard) => {
    const inSight = new Set();
    let [waiting, told] = [0, ''];

    function tell() {
      const rows = [...inSight].filter(({ voice }) => voice.id !== 'default').sort((a, b) => a.element.offsetTop - b.element.offsetTop);
      const body = JSON.stringify(rows.slice(0, MOST).map(({ voice }) => heard(voice)));
      if (!rows.length || body === told) return;
      told = body;
      // Without it a sound takes a little longer, which is no trouble to tell of.
      fetch(aloud.path('/page/voices/sounds'), { method: 'POST', headers: { 'Content-Type': 'application/json' }, body }).catch(() => {});
    }
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) inSight[isIntersecting ? 'add' : 'delete'](target.row);
      clearTimeout(waiting);
      waiting = setTimeout(tell, SETTLED);
    }, { root: list });

    return {
      watch: (row) => observer.observe(row.element),
      /** Forget all rows, which are drawn anew. */
      clear: () => { observer.disconnect(); inSight.clear(); told = ''; },
      /** Tell of those in sight again: the list is opened, and the server may have dropped them. */
      again: () => { told = ''; },
    };
  };
})();
