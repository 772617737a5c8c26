// Keyboard focus in Gradio's dropdowns: Tab goes to the next field, Enter stays; what one sees when
// nothing matches; arrow keys among radio buttons.
(() => {
  const BOX = '.gradio-container input[role="listbox"], .gradio-container input[role="combobox"]';
  const STOPS = 'a[href], button, input, select, textarea, summary, [tabindex]';
  const canStop = (element) => element.tabIndex >= 0 && !element.disabled && element.checkVisibility();

  /** The next element in the tab order, or the one before. */
  function neighbor(element, back) {
    const stops = [...document.querySelectorAll(STOPS)].filter((e) => e === element || canStop(e));
    return stops[stops.indexOf(element) + (back ? -1 : 1)];
  }

  document.addEventListener('keydown', (event) => {
    const box = event.target;
    if (!event.isTrusted || !box.matches?.(BOX)) return;
    if (event.key === 'Enter') setTimeout(stay, 80, box);
    if (event.key !== 'Tab') return;
    const next = neighbor(box, event.shiftKey);
    if (!next) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // Any key opens Gradio's list, Tab too.
    box.blur();
    next.focus();
    // Drawing the list anew may take the focus away once more.
    setTimeout(() => { if (document.activeElement === document.body) next.focus(); }, 60);
  }, true);

  /** Gradio drops the focus when an option is chosen, and opens the list when its box gets it. */
  function stay(box) {
    if (document.activeElement !== document.body) return;
    box.focus();
    close(box);
  }
  function close(box) {
    box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
  }

  // Gradio gives each radio button a name of its own: arrow keys would not move among them, and
  // screen readers count each as one of one.
  function group({ target }) {
    const radios = [...(target.closest?.('.segmented')?.querySelectorAll('input[type="radio"]') ?? [])];
    radios.filter(({ name }) => name !== radios[0].name).forEach((radio) => { radio.name = radios[0].name; });
  }
  document.addEventListener('focusin', group);
  document.addEventListener('keydown', group, true); // A choice has them drawn anew.
  aloud.whenThere('.segmented input', () => document.querySelectorAll('.segmented').forEach((target) => group({ target })));

  // Gradio shows an empty list when nothing matches what is typed; this says so.
  document.addEventListener('input', ({ target }) => {
    if (!target.matches?.(BOX)) return;
    const box = target.closest('.wrap');
    setTimeout(() => {
      const none = target.value && target === document.activeElement && !document.querySelector('ul.options [role="option"]');
      box.querySelector('.none')?.remove();
      if (!none) return;
      const said = aloud.make('p', 'none', aloud.text('nothing_found'));
      said.setAttribute('role', 'status');
      box.append(said);
      target.addEventListener('blur', () => said.remove(), { once: true });
    }, 100);
  }, true);

  /** Focus an element, or the nearest one given after it that is there and visible. */
  aloud.focusFirst = (...elements) => elements.find((e) => e?.isConnected && e.checkVisibility())?.focus();
})();
