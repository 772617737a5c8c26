// Tabs have addresses (#speak, #studio, #clone, #status, #engines), what is open on one follows
// (#studio/ID), and arrow keys move among them.
(() => {
  const NAMES = ['speak', 'studio', 'clone', 'status', 'engines'];
  const buttons = () => [...document.querySelectorAll('#aloud-tabs > .tab-wrapper .tab-container:not(.visually-hidden) [role="tab"]')];
  const addressed = () => NAMES.indexOf(location.hash.slice(1).split('/')[0]);
  const current = () => buttons().findIndex((button) => button.getAttribute('aria-selected') === 'true');

  const open = {}; // what is open on a tab, by the tab's name
  const address = (name) => (open[name] ? `#${name}/${open[name]}` : `#${name}`);
  /** What the address says is open on a tab; null while it is another tab's. */
  aloud.openOn = (name) => (NAMES[addressed()] === name ? location.hash.split('/')[1] ?? '' : null);
  /** Tell what is open on a tab; `step`: whether Back leads to what was open before. */
  aloud.setOpen = (name, id, step) => {
    open[name] = id;
    if (![id, null].includes(aloud.openOn(name))) history[step ? 'pushState' : 'replaceState'](null, '', address(name));
  };

  aloud.openTab = (name) => {
    const button = buttons()[NAMES.indexOf(name)];
    if (button?.getAttribute('aria-selected') !== 'true') button?.click();
  };
  /** Show the Studio with a document for a new project. */
  aloud.openInStudio = (file) => {
    aloud.studioDocument = file; // The Studio takes it when it is shown.
    aloud.openTab('studio');
  };

  /** Only the selected tab is in the tab order. */
  function rove() {
    buttons().forEach((button) => {
      const index = button.getAttribute('aria-selected') === 'true' ? 0 : -1;
      if (button.tabIndex !== index) button.tabIndex = index;
      if (index === 0) button.scrollIntoView({ block: 'nearest', inline: 'nearest' }); // Long names scroll on phones.
    });
    setTimeout(namePanel);
    setTimeout(namePanel, 500); // It is drawn when it is first opened.
  }
  /** Gradio's panels have no name. */
  function namePanel() {
    const panel = [...document.querySelectorAll('#aloud-tabs > [role="tabpanel"]')].find((each) => each.checkVisibility());
    if (panel && !panel.ariaLabel) panel.ariaLabel = buttons()[current()]?.textContent.trim() ?? '';
  }
  function follow() {
    rove();
    const [shown, asked] = [current(), Math.max(addressed(), 0)];
    if (shown < 0 || shown === asked) return;
    history.pushState(null, '', address(NAMES[shown]));
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
