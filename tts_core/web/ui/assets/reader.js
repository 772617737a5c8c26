// The reading view: one span per sentence, with the spoken sentence and word highlighted. Texts
// are inserted as text nodes, so markup in them is shown and never executed.
(() => {
  let page = null;
  let sentences = []; // {span, node, words: [{start, end, range}], cursor}
  let current = -1; // index of the highlighted sentence
  let last = -1; // index of the sentence that was chosen last
  let offered = null; // the sentence that keys and screen readers can press
  let shown = ''; // the text
  let drawnTo = 0; // index of the text up to which its sentences are known
  const wordHighlight = window.CSS?.highlights && window.Highlight ? new Highlight() : null;
  if (wordHighlight) CSS.highlights.set('aloud-word', wordHighlight);

  aloud.mountReader = (element) => {
    page = aloud.part(element, 'page');
    page.addEventListener('click', (event) => {
      if (event.target === page) editAt(event);
      else playFrom(event.target, event);
    });
    page.addEventListener('dblclick', (event) => {
      aloud.player?.pause();
      editAt(event);
    });
    page.addEventListener('keydown', (event) => {
      const at = sentences.findIndex(({ span }) => span === event.target);
      if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) playFrom(event.target);
      else if (event.key === 'ArrowDown' || event.key === 'ArrowRight') focusSentence(at + 1);
      else if (event.key === 'ArrowUp' || event.key === 'ArrowLeft') focusSentence(at - 1);
      else return;
      event.preventDefault();
    });
  };

  /** Edit with the caret at the pointer, unless text is being selected or made. */
  function editAt(pointer) {
    const selecting = pointer.type === 'click' && String(getSelection());
    if (!selecting && !aloud.isGenerating()) aloud.edit(true, indexAt(pointer));
  }

  function caretAt({ clientX, clientY }) {
    const caret = document.caretPositionFromPoint?.(clientX, clientY);
    const range = caret ? null : document.caretRangeFromPoint?.(clientX, clientY);
    return caret ? [caret.offsetNode, caret.offset] : [range?.startContainer, range?.startOffset];
  }

  /** The index of the text at the pointer; its end where there is no text. */
  function indexAt(pointer) {
    const [place, offset] = caretAt(pointer);
    if (!place || !page.contains(place)) return shown.length;
    return indexOf(place, offset);
  }
  function indexOf(place, offset) {
    const before = new Range();
    before.setStart(page, 0);
    before.setEnd(place, offset);
    const extra = [...page.querySelectorAll('.again')] // Buttons are not part of the text.
      .filter((button) => before.intersectsNode(button)).reduce((sum, button) => sum + button.textContent.length, 0);
    return Math.min(Math.max(String(before).length - extra, 0), shown.length);
  }

  /** Where one is in the text, as an index: the spoken word, else the sentence chosen last. */
  aloud.readingAt = () => {
    const sentence = sentences[current] ?? sentences[last];
    if (!sentence?.node) return shown.length;
    const words = sentence === sentences[current] ? aloud.highlight.word : null;
    return indexOf(sentence.node, words?.from ?? sentence.from ?? 0);
  };
  aloud.readerScroll = () => page?.scrollTop ?? null;

  /** Play from the word at the pointer if it has a timestamp, else from the sentence. */
  function playFrom(target, pointer = null) {
    const at = sentences.findIndex(({ span }) => span === target);
    if (at < 0 || String(getSelection())) return;
    const word = pointer && wordAt(sentences[at], pointer);
    last = at;
    offer(target);
    if (pointer) sentences[at].from = caretAt(pointer)[1];
    if (word) aloud.player?.play(word.start);
    else aloud.player?.playSegment(at);
  }

  function wordAt({ node, words }, pointer) {
    const [place, offset] = caretAt(pointer);
    return place === node ? words.findLast((word) => word.from <= offset) : null;
  }

  function focusSentence(to) {
    const next = sentences[to];
    if (!next) return;
    offer(next.span);
    next.span.focus();
  }

  /** Make one sentence a button. Hundreds of them would leave a screen reader no text to read. */
  function offer(span) {
    offered?.removeAttribute('role');
    offered?.removeAttribute('tabindex');
    offered = span;
    span?.setAttribute('role', 'button');
    span?.setAttribute('tabindex', '0');
  }

  /** UTF-16 index of each code point: Python counts code points, JavaScript UTF-16 units. */
  function unitOffsets(text) {
    const offsets = [];
    let unit = 0;
    for (const character of text) {
      offsets.push(unit);
      unit += character.length;
    }
    offsets.push(unit);
    return offsets;
  }

  /** Show a text in the reading view; `spans`: [start, end) of its sentences in code points. */
  aloud.showText = (text, spans) => {
    sentences = [];
    current = last = -1;
    shown = text;
    drawnTo = 0;
    wordHighlight?.clear();
    page.replaceChildren(text);
    aloud.showSpans(spans);
    offer(sentences[0]?.span ?? null);
    page.scrollTop = 0;
    aloud.setView('read');
  };

  /** Make sentences of the text that is shown; `spans`: of all sentences, the first of which may be there already. */
  aloud.showSpans = (spans) => {
    if (spans.length <= sentences.length) return;
    const units = unitOffsets(shown);
    const parts = document.createDocumentFragment();
    for (const [start, end] of spans.slice(sentences.length)) {
      const [from, to] = [units[start], units[end]];
      if (from > drawnTo) parts.append(shown.slice(drawnTo, from));
      const span = document.createElement('span');
      span.className = 'sentence';
      span.textContent = shown.slice(from, to);
      sentences.push({ span, node: span.firstChild, words: [], cursor: 0 });
      parts.append(span);
      drawnTo = Math.max(drawnTo, to);
    }
    if (drawnTo < shown.length) parts.append(shown.slice(drawnTo));
    page.lastChild?.replaceWith(parts); // the text after the last sentence so far
  };

  /** Add word timestamps to a sentence; the words are located in its text in order. */
  aloud.addWords = (index, words) => {
    const sentence = sentences[index];
    if (!sentence?.node) return;
    const text = sentence.node.data;
    for (const [word, start, end] of words) {
      const found = text.indexOf(word, sentence.cursor);
      if (found < 0 || !word) continue;
      sentence.cursor = found + word.length;
      sentence.words.push({ start, end, from: found, to: sentence.cursor });
    }
  };

  /** Replace the word timestamps of a sentence. */
  aloud.setWords = (index, words) => {
    const sentence = sentences[index];
    if (!sentence) return;
    Object.assign(sentence, { words: [], cursor: 0 });
    aloud.addWords(index, words);
  };

  const quoted = (words) => `“${words.slice(0, 6).join(' ')}${words.length > 6 ? ' …' : ''}”`;

  /** Mark a sentence that failed the quality check; `canRetake`: with a button to regenerate it. */
  aloud.markIssues = (index, quality, canRetake) => {
    const sentence = sentences[index];
    if (!sentence || !quality?.faults.length) return;
    const issues = quality.faults.map(({ kind, words }) => aloud.text(`issue.${kind.replace(' ', '_')}`, { words: quoted(words) })).join('; ');
    sentence.span.classList.add('doubtful');
    sentence.span.title = aloud.text('issue', { issues });
    if (!canRetake) return;
    const button = aloud.make('button', 'again', aloud.text('reader.again'));
    button.type = 'button';
    button.title = sentence.span.title;
    button.addEventListener('click', (event) => {
      event.stopPropagation();
      aloud.player?.retake(index);
    });
    sentence.span.after(button);
  };

  /** Highlight sentence `index` (-1: none) and the word spoken at `seconds`. */
  aloud.highlight = (index, seconds) => {
    if (index !== current) {
      sentences[current]?.span.classList.remove('spoken');
      sentences[current]?.span.removeAttribute('aria-current');
      current = index;
      const sentence = sentences[current];
      if (sentence) {
        sentence.span.classList.add('spoken');
        sentence.span.setAttribute('aria-current', 'true');
        keepInView(sentence.span);
      }
    }
    if (!wordHighlight) return;
    const sentence = sentences[current];
    const word = sentence?.words.findLast((w) => w.start <= seconds);
    if (word === aloud.highlight.word) return;
    aloud.highlight.word = word;
    wordHighlight.clear();
    if (!word) return;
    const range = new Range();
    range.setStart(sentence.node, word.from);
    range.setEnd(sentence.node, word.to);
    wordHighlight.add(range);
  };

  function keepInView(span) {
    if (aloud.view !== 'read') return;
    const [box, frame] = [span.getBoundingClientRect(), page.getBoundingClientRect()];
    if (box.top >= frame.top + 8 && box.bottom <= frame.bottom - 8) return;
    const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const top = page.scrollTop + box.top - frame.top - frame.height / 4;
    page.scrollTo({ top, behavior: reducedMotion ? 'auto' : 'smooth' });
  }
})();
