// A document that is dropped on the text: a short one becomes the text; for a long one, or one with
// chapters, the Studio is offered.
(() => {
  const { $, text } = aloud;
  const LONG = 180000; // milliseconds that reading a document may take
  const TEXT = '#text, #reader'; // of which one is shown
  const isDocument = (event) => [...event.dataTransfer?.types ?? []].includes('Files') && event.target.closest?.(TEXT);
  let reads = 0; // of which only the last one counts

  aloud.whenThere('#script-meta [data-role=document]', (place) => mount(place.closest('#script-meta')));

  function mount(element) {
    let offered = null;
    aloud.part(element, 'studio').addEventListener('click', () => {
      offer('');
      aloud.openInStudio(offered);
    });
    aloud.part(element, 'no-studio').addEventListener('click', () => {
      offer('');
      aloud.edit(true);
    });
    function offer(words) {
      const place = aloud.part(element, 'document');
      place.hidden = !words;
      place.firstElementChild.textContent = words;
    }

    async function read(file) {
      const number = reads += 1;
      offer('');
      aloud.showError('');
      aloud.showNotice(text('document.reading', { name: file.name }));
      try {
        const found = /\.zip$/i.test(file.name) ? {} : await aloud.fetchJson(`/page/document?${new URLSearchParams({ name: file.name })}`, {
          method: 'POST', body: file, headers: { 'Content-Type': 'application/octet-stream' }, signal: AbortSignal.timeout(LONG),
        });
        if (number !== reads) return;
        if (found.text) put(found.text);
        aloud.showNotice(found.text ? text('document.taken', { name: file.name }) : '');
        if (found.text) return;
        offered = file;
        offer(text('document.offer', { name: file.name }));
      } catch (error) {
        if (number !== reads) return;
        aloud.showNotice('');
        aloud.showError(error.message);
      }
    }
    for (const kind of ['dragenter', 'dragover', 'dragleave', 'drop']) {
      addEventListener(kind, (event) => {
        const on = isDocument(event);
        const over = Boolean(on) && kind !== 'dragleave' && kind !== 'drop';
        for (const place of document.querySelectorAll(TEXT)) place.classList.toggle('over', over);
        if (!on) return;
        event.preventDefault();
        event.stopPropagation();
        if (kind === 'drop' && event.dataTransfer.files.length) read(event.dataTransfer.files[0]);
      }, true);
    }
  }

  /** Replace the text as if it had been pasted, so that the browser can undo it. */
  function put(words) {
    aloud.edit(true);
    const field = $('#text textarea');
    field.focus();
    field.select();
    if (!document.execCommand('insertText', false, words)) aloud.setField(field, words);
    field.setSelectionRange(0, 0);
    field.scrollTop = 0;
  }
})();
