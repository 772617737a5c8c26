// Keyboard focus in Gradio's dropdowns: leaving one with Tab goes to the next field.
(() => {
  const STOPS = 'a[href], button, input, select, textarea, summary, [tabindex]';
  const canStop = (element) => element.tabIndex >= 0 && !element.disabled && element.checkVisibility();

  /** The next element in the tab order, or the one before. */
  function neighbor(element, back) {
    const stops = [...document.querySelectorAll(STOPS)].filter((e) => e === element || canStop(e));
    return stops[stops.indexOf(element) + (back ? -1 : 1)];
  }

  document.addEventListener('keydown', (event) => {
    const box = event.target;
    if (event.key !== 'Tab' || !box.matches?.('.gradio-container input[role="listbox"], .gradio-container input[role="combobox"]')) return;
    const next = neighbor(box, event.shiftKey);
    if (!next) return;
    event.preventDefault();
    box.blur(); // Gradio closes the list and takes over what was chosen.
    next.focus();
    // Drawing the list anew may take the focus away once more.
    setTimeout(() => { if (document.activeElement === document.body) next.focus(); }, 60);
  }, true);

  /** Focus an element, or the nearest one given after it that is there and visible. */
  aloud.focusFirst = (...elements) => elements.find((e) => e?.isConnected && e.checkVisibility())?.focus();
})();
