// The Clone tab: the report on a recording.
(() => {
  const { setText, make, text } = aloud;
  const svg = (tag, values) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
    Object.entries(values).forEach(([name, value]) => element.setAttribute(name, value));
    return element;
  };

  /** The waveform, with trimmed ends shaded. */
  function drawWave(columns, duration, [start, end]) {
    const width = columns.length;
    const picture = svg('svg', { viewBox: `0 0 ${width} 100`, preserveAspectRatio: 'none' });
    const line = columns.map(([low, high], x) => {
      const [top, foot] = [50 - 48 * high, 50 - 48 * low];
      return `M${x + 0.5} ${top.toFixed(1)}V${Math.max(foot, top + 0.8).toFixed(1)}`;
    });
    picture.append(svg('path', { d: line.join(''), class: 'line' }));
    const at = (seconds) => (width * seconds) / duration;
    [[0, at(start)], [at(end), width]].forEach(([from, to]) => {
      if (to - from > 0.5) picture.append(svg('rect', { x: from, y: 0, width: to - from, height: 100, class: 'cut' }));
    });
    return picture;
  }

  function checkRow(check) {
    const row = make('li', check.grade);
    const words = make('div', 'words');
    words.append(make('p', 'label', aloud.said(check.says)));
    if (check.advice) words.append(make('p', 'advice', aloud.said(check.advice)));
    const grade = make('span', 'grade', text(`clone.grade.${check.grade}`));
    row.append(make('span', 'what', text(`clone.check.${check.name}`)), words, grade);
    return row;
  }

  aloud.mountReport = (element, props, watch) => {
    const part = (role) => aloud.part(element, role);
    /** Say why a file that was chosen is not taken. */
    aloud.refuseFile = (name) => {
      part('fault').hidden = false;
      part('fault').textContent = text('clone.refused', { name, formats: props.formats });
      keepFocus();
    };
    /** What was said about saving belongs to its field, until something is changed. */
    aloud.whenThere('#keep-note', (note) => {
      const fields = { name: '#keep input[type="text"], #keep textarea', consent: '#consent input' };
      const mark = () => {
        const told = note.querySelector('[data-field]');
        for (const [name, selector] of Object.entries(fields)) {
          const field = document.querySelector(selector);
          const bad = told?.dataset.field === name && !told.hidden;
          field?.setAttribute('aria-invalid', String(bad));
          if (bad) field?.setAttribute('aria-describedby', told.id);
          else field?.removeAttribute('aria-describedby');
          if (bad && told !== mark.last) field?.focus();
        }
        mark.last = told;
      };
      new MutationObserver(mark).observe(note, { childList: true, subtree: true });
      aloud.clearNote = () => {
        note.querySelectorAll('p').forEach((p) => { p.hidden = true; });
        mark();
      };
      document.querySelector('#keep').addEventListener('input', aloud.clearNote);
    });
    /** The name of the button is what is to be read on it. Gradio replaces it at times. */
    aloud.whenThere('#clip-audio', (box) => {
      const name = () => box.querySelector('.upload-container')
        ?.setAttribute('aria-label', text('clone.drop'));
      name();
      new MutationObserver(name).observe(box, { childList: true, subtree: true });
    });
    /** Gradio replaces its buttons when a file comes or goes, and with them what had the focus. */
    function keepFocus() {
      if (document.activeElement && document.activeElement !== document.body) return;
      if (!element.checkVisibility()) return;
      aloud.focusFirst(...document.querySelectorAll('#clip-audio [aria-label="Clear"], #clip-audio button'));
    }
    const show = () => {
      const found = JSON.parse(props.value?.json ?? '{}');
      part('empty').hidden = Boolean(found.error || found.checks || found.busy);
      part('busy').hidden = !found.busy;
      if (found.busy) aloud.clearMicrophone();
      part('fault').hidden = !found.error;
      setText(part('fault'), aloud.failure(found.error ?? '', found.kind));
      part('found').hidden = !found.checks;
      if (found.error || found.checks) setTimeout(keepFocus, 100);
      if (!found.checks) return;
      const [start, end] = found.kept;
      part('wave').replaceChildren(drawWave(found.waveform, found.duration, found.kept));
      part('wave').setAttribute('aria-label', text('clone.waveform', { count: found.duration }));
      part('spectrum').src = found.spectrogram;
      const used = text('clone.used', { used: aloud.decimal(end - start, 1), all: aloud.decimal(found.duration, 1) });
      const gain = found.gain_db ? ` · ${aloud.number(found.gain_db, { signDisplay: 'always' })} dB` : '';
      setText(part('caption'), used + gain);
      part('checks').replaceChildren(...found.checks.map(checkRow));
    };
    show();
    watch('value', show);
  };
})();
