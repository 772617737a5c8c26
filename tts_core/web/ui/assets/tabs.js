// Tabs have addresses (#speak, #studio, #clone, #status, #engines), and arrow keys move among them.
(() => {
  const NAMES = ['speak', 'studio', 'clone', 'status', 'engines'];
  const buttons = () => [...document.querySelectorAll('#aloud-tabs > .tab-wrapper .tab-container:not(.visually-hidden) [role="tab"]')];
  const addressed = () => NAMES.indexOf(location.hash.slice(1));
  const current = () => buttons().findIndex((button) => button.getAttribute('aria-selected') === 'true');

  aloud.openTab = (name) => {
    const button = buttons()[NAMES.indexOf(name)];
    if (button?.getAttribute('aria-selected') !== 'true') button?.click();
  };

  /** Only the selected tab is in the tab order. */
  function rove() {
    buttons().forEach((button) => {
      const index = button.getAttribute('aria-selected') === 'true' ? 0 : -1;
      if (button.tabIndex !== index) button.tabIndex = index;
      if (index === 0) button.scrollIntoView({ block: 'nearest', inline: 'nearest' }); // Long names scroll on phones.
    });
  }
  function follow() {
    rove();
    const [shown, asked] = [current(), Math.max(addressed(), 0)];
    if (shown < 0 || shown === asked) return;
    history.pushState(null, '', `#${NAMES[shown]}`);
  }

  aloud.whenThere('#aloud-tabs [role="tab"][aria-selected="true"]', () => {
    const list = document.querySelector('#aloud-tabs > .tab-wrapper');
    if (addressed() > 0) aloud.openTab(NAMES[addressed()]);
    rove();
    new MutationObserver(follow).observe(list, { subtree: true, childList: true, attributes: true, attributeFilter: ['aria-selected'] });
    addEventListener('hashchange', () => aloud.openTab(NAMES[Math.max(addressed(), 0)]));
    list.addEventListener('keydown', (event) => {
      const all = buttons();
      const at = all.indexOf(event.target);
      if (at < 0) return;
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      const next = all[(to + all.length) % all.length];
      next.click();
      next.focus();
    });
  });
})();
