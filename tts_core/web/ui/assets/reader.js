// The text while it is spoken: one span for each sentence, the spoken one lit. Texts go in as
// text nodes, so whatever they hold is shown and never run.
(() => {
  let page = null;
  let sentences = []; // {span, node, words: [{start, end, range}], cursor}
  let lit = -1;
  const spoken = window.CSS?.highlights && window.Highlight ? new Highlight() : null;
  if (spoken) CSS.highlights.set('aloud-word', spoken);

  aloud.mountReader = (element) => {
    page = aloud.part(element, 'page');
    page.addEventListener('click', (event) => choose(event.target, event));
    page.addEventListener('dblclick', () => aloud.edit(true));
    page.addEventListener('keydown', (event) => {
      const at = sentences.findIndex(({ span }) => span === event.target);
      if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) choose(event.target);
      else if (event.key === 'ArrowDown' || event.key === 'ArrowRight') move(at + 1);
      else if (event.key === 'ArrowUp' || event.key === 'ArrowLeft') move(at - 1);
      else return;
      event.preventDefault();
    });
  };

  /** Play from the word under the pointer where its time is known, else from the sentence. */
  function choose(target, pointer = null) {
    const at = sentences.findIndex(({ span }) => span === target);
    if (at < 0 || String(getSelection())) return;
    const word = pointer && wordAt(sentences[at], pointer);
    if (word) aloud.player?.play(word.start);
    else aloud.player?.playSegment(at);
  }

  function wordAt({ node, words }, { clientX, clientY }) {
    const caret = document.caretPositionFromPoint?.(clientX, clientY);
    const range = caret ? null : document.caretRangeFromPoint?.(clientX, clientY);
    const [place, offset] = caret
      ? [caret.offsetNode, caret.offset]
      : [range?.startContainer, range?.startOffset];
    return place === node ? words.findLast((word) => word.from <= offset) : null;
  }

  function move(to) {
    const next = sentences[to];
    if (!next) return;
    sentences.forEach(({ span }) => (span.tabIndex = -1));
    next.span.tabIndex = 0;
    next.span.focus();
  }

  /** Python counts code points, JavaScript UTF-16 units: the index of each code point. */
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

  aloud.showText = (text, spans) => {
    const units = unitOffsets(text);
    const parts = document.createDocumentFragment();
    sentences = [];
    lit = -1;
    spoken?.clear();
    let at = 0;
    for (const [start, end] of spans) {
      const [from, to] = [units[start], units[end]];
      if (from > at) parts.append(text.slice(at, from));
      const span = document.createElement('span');
      span.className = 'sentence';
      span.setAttribute('role', 'button');
      span.tabIndex = sentences.length ? -1 : 0;
      span.textContent = text.slice(from, to);
      sentences.push({ span, node: span.firstChild, words: [], cursor: 0 });
      parts.append(span);
      at = Math.max(at, to);
    }
    if (at < text.length) parts.append(text.slice(at));
    page.replaceChildren(parts);
    page.scrollTop = 0;
    aloud.setView('read');
  };

  /** Word times of a sentence, found again in its text in order. */
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

  aloud.setWords = (index, words) => {
    const sentence = sentences[index];
    if (!sentence) return;
    Object.assign(sentence, { words: [], cursor: 0 });
    aloud.addWords(index, words);
  };

  const quoted = (words) => `“${words.slice(0, 6).join(' ')}${words.length > 6 ? ' …' : ''}”`;
  const DOUBTS = {
    missing: (words) => `${quoted(words)} seems to be missing`,
    extra: (words) => `something more seems to be said at ${quoted(words)}`,
    'wrong words': (words) => `something else seems to be said at ${quoted(words)}`,
    silence: (words) => `there is a long silence at ${quoted(words)}`,
    noise: (words) => `there is noise at ${quoted(words)}`,
    'cut end': (words) => `the end seems to be cut off before ${quoted(words)}`,
  };

  /** A quiet mark on a sentence that may not say its text, and a way to have it made again. */
  aloud.doubt = (index, quality, again) => {
    const sentence = sentences[index];
    if (!sentence || !quality?.faults.length) return;
    const what = quality.faults.map(({ kind, words }) => DOUBTS[kind](words)).join('; ');
    sentence.span.classList.add('doubtful');
    sentence.span.title = `Please listen: ${what}.`;
    if (!again) return;
    const button = aloud.make('button', 'again', 'make again');
    button.type = 'button';
    button.title = sentence.span.title;
    button.addEventListener('click', (event) => {
      event.stopPropagation();
      aloud.player?.again(index);
    });
    sentence.span.after(button);
  };

  /** Light sentence `index` (-1: none) and the word that sounds at `seconds`. */
  aloud.light = (index, seconds) => {
    if (index !== lit) {
      sentences[lit]?.span.classList.remove('spoken');
      sentences[lit]?.span.removeAttribute('aria-current');
      lit = index;
      const sentence = sentences[lit];
      if (sentence) {
        sentence.span.classList.add('spoken');
        sentence.span.setAttribute('aria-current', 'true');
        keepInView(sentence.span);
      }
    }
    if (!spoken) return;
    const sentence = sentences[lit];
    const word = sentence?.words.findLast((w) => w.start <= seconds);
    if (word === aloud.light.word) return;
    aloud.light.word = word;
    spoken.clear();
    if (!word) return;
    const range = new Range();
    range.setStart(sentence.node, word.from);
    range.setEnd(sentence.node, word.to);
    spoken.add(range);
  };

  function keepInView(span) {
    if (aloud.view !== 'read') return;
    const [box, frame] = [span.getBoundingClientRect(), page.getBoundingClientRect()];
    if (box.top >= frame.top + 8 && box.bottom <= frame.bottom - 8) return;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const top = page.scrollTop + box.top - frame.top - frame.height / 4;
    page.scrollTo({ top, behavior: calm ? 'auto' : 'smooth' });
  }
})();
