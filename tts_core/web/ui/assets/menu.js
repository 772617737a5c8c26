// Menus: a button opens a list of items; arrows move, Esc closes, focus returns to the button.
(() => {
  /** Make `button` open `list`, whose items call `choose` with themselves. */
  aloud.mountMenu = (button, list, choose) => {
    const items = () => [...list.querySelectorAll('[role="menuitem"]:not([hidden])')];
    const isOpen = () => !list.hidden;
    function show(open, focus = true) {
      list.hidden = !open;
      button.setAttribute('aria-expanded', String(open));
      if (open) items()[0]?.focus();
      else if (focus) button.focus();
    }
    button.setAttribute('aria-haspopup', 'menu');
    button.addEventListener('click', () => show(!isOpen()));
    list.addEventListener('click', ({ target }) => {
      const item = target.closest('[role="menuitem"]');
      if (!item) return;
      show(false);
      choose(item);
    });
    list.addEventListener('keydown', (event) => {
      const all = items();
      const at = all.indexOf(document.activeElement);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
      if (event.key === 'Escape') show(false);
      else if (event.key === 'Tab') { show(false); return; }
      else if (to !== undefined) all[(to + all.length) % all.length].focus();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    document.addEventListener('pointerdown', ({ target }) => {
      if (isOpen() && !list.contains(target) && !button.contains(target)) show(false, false);
    });
    show(false, false);
  };

  /** Copy a text and say so on the button for a while. */
  aloud.copy = async (button, text) => {
    const label = button.textContent;
    const said = await navigator.clipboard.writeText(text).then(() => aloud.text('copied'), () => aloud.text('copy_failed'));
    aloud.setText(button, said);
    setTimeout(() => aloud.setText(button, label), 2000);
  };
})();
