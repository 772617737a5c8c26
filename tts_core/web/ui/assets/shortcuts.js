// Keyboard shortcuts, and the clicks that start and stop speech.
(() => {
  const { $ } = aloud;
  const root = document.documentElement;
  const DOUBLE = 500; // milliseconds for which a press of Stop after Speak is the rest of a double click
  const CONTROLS = 'input, textarea, select, button, a, summary, [role="button"], [role="listbox"], [role="tab"], [role="slider"], [contenteditable]';
  const FIELDS = 'input, textarea, select, dialog, [role="listbox"], [role="menu"], [contenteditable]';
  const click = (selector) => $(selector)?.click();

  document.addEventListener('keydown', (event) => {
    if (!event.isTrusted || event.isComposing || $('dialog[open]') || event.target.closest?.('#studio-board')) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      speakNow();
    } else if (event.key === 'Escape' && !event.target.closest?.('[role="menu"], [aria-expanded="true"]')) {
      if (root.hasAttribute('data-busy')) stopNow();
      else if (isReading() && !event.target.closest?.('#voice')) editHere(event);
    } else if (event.key === ' ' && !event.target.closest?.(CONTROLS)) {
      event.preventDefault();
      aloud.player?.toggle();
    } else if (isTyping(event)) {
      aloud.edit(true, aloud.readingAt()); // The character goes into the field, which has the focus now.
    }
  }, true);

  const isReading = () => aloud.view === 'read' && Boolean($('#reader')?.checkVisibility());
  /** Whether the key is a character that wants to go into the text that has been spoken. */
  const isTyping = (event) => isReading() && !aloud.isGenerating() && [...event.key].length === 1 && event.key !== ' '
    && !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest?.(FIELDS);
  function editHere(event) {
    event.preventDefault();
    aloud.edit(true, aloud.readingAt());
  }
  function speakNow() {
    if (!aloud.canSpeak()) return;
    if (root.hasAttribute('data-busy')) aloud.player?.stop();
    click('#speak-button');
  }
  function stopNow() {
    aloud.clickedAt = null;
    click('#stop-button');
  }

  const swallow = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('#speak-button, #preview-button, #stop-button');
    if (!button) return;
    if (button.id === 'stop-button') {
      // Stop appears under the pointer: the second half of a double click is not meant for it.
      const again = event.detail > 0 && aloud.clickedAt !== null && performance.now() - aloud.clickedAt < DOUBLE;
      // Of a complete request only the sound stops; the server need not be told.
      const complete = aloud.state === 'finished';
      if (!again) aloud.player?.stop();
      if (again || complete) swallow(event);
    } else if (button.id === 'preview-button' ? !aloud.online : !aloud.canSpeak()) swallow(event);
    else aloud.player?.prepare(button.id === 'preview-button');
  }, true);
  // A key held down repeats its click, by then on Stop.
  document.addEventListener('keydown', (event) => {
    if (event.repeat && event.target.id === 'stop-button') event.preventDefault();
  }, true);
})();
