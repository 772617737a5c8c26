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
  aloud.whenThere('#readings-button', (button) => {
    button.setAttribute('aria-controls', 'readings');
    show(false);
  });
})();
