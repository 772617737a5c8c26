// The view of how the text is read: shown and hidden by its button, and hidden when the text changes.
(() => {
  const { $ } = aloud;
  const root = document.documentElement;
  const show = (open) => {
    root.toggleAttribute('data-readings', open);
    $('#readings-button')?.setAttribute('aria-expanded', String(open));
  };
  /** Show or hide the view; its contents come from the server. */
  aloud.toggleReadings = () => show(!root.hasAttribute('data-readings'));
  aloud.hideReadings = () => show(false);
  /** Ask for the contents again if they are shown, since something about the reading has changed. */
  aloud.readAgain = () => {
    if (!root.hasAttribute('data-readings')) return;
    show(false);
    $('#readings-button')?.click();
  };
  aloud.whenThere('#readings-button', (button) => {
    button.setAttribute('aria-controls', 'readings');
    show(false);
  });
  // A reading that is pressed can be corrected.
  aloud.whenThere('#readings', (view) => {
    const press = (event) => {
      const mark = event.target.closest?.('[data-word]');
      if (!mark || String(getSelection())) return;
      event.preventDefault();
      aloud.pronounce?.(mark.dataset.word);
    };
    view.addEventListener('click', press);
    view.addEventListener('keydown', (event) => { if (event.key === 'Enter' || event.key === ' ') press(event); });
  });
})();
