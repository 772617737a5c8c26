// Notes: what Gradio would say in a box over the header, said above the player. What has a place of
// its own goes there: files that are refused to the recording, a lost connection to the banner.
(() => {
  const { make, $ } = aloud;
  const SHOWN = 15000; // milliseconds
  const CONNECTION = /connection|reconnect|failed to fetch|networkerror/i;
  const REFUSED = /^Invalid file type: (.+?)\. Only/;

  const note = make('div', '');
  note.hidden = true;
  note.id = 'aloud-note';
  const text = make('p', '');
  text.setAttribute('role', 'alert');
  const close = make('button', 'plain', aloud.text('close'));
  close.type = 'button';
  close.addEventListener('click', () => aloud.showNote(''));
  note.append(text, close);

  /** Show a note; an empty text hides it. */
  aloud.showNote = (words) => {
    const had = note.contains(document.activeElement);
    note.hidden = !words;
    text.textContent = words;
    clearTimeout(note.timer);
    if (words) note.timer = setTimeout(() => { if (!note.contains(document.activeElement)) aloud.showNote(''); }, SHOWN);
    if (had && !words) aloud.focusFirst($('#aloud-tabs [role="tab"][aria-selected="true"]'));
  };

  function take(toast) {
    const said = toast.querySelector('.toast-message-text')?.textContent.trim() ?? '';
    const refused = said.match(REFUSED);
    if (refused && $('#clip-audio')?.checkVisibility()) aloud.refuseFile(refused[1]);
    else if (refused) aloud.showNote(aloud.text('note.refused', { name: refused[1] }));
    else if (CONNECTION.test(said)) aloud.checkConnection();
    else if (said) aloud.showNote(aloud.said(said));
    toast.querySelector('.toast-close')?.click();
  }
  function seek(node) {
    if (!(node instanceof Element)) return;
    if (node.matches('.toast-body')) take(node);
    else node.querySelectorAll('.toast-body').forEach(take);
  }
  aloud.whenThere('.gradio-container:not(#aloud-skeleton)', (container) => {
    container.append(note);
    aloud.whenThere('.toast-wrap', (wrap) => {
      seek(wrap);
      new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(seek)))
        .observe(wrap, { childList: true, subtree: true });
    });
  });
})();
