// The rows of the gallery: what is known of each voice, and how it is drawn.
(() => {
  const { make, text, part } = aloud;
  const base = (code) => code.split('-')[0];
  /** A text as it is compared: without accents, in lower case. */
  const folded = (words) => words.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();

  const methods = {
    /** A row to be copied, which is faster than to make each. */
    makeTemplate() {
      const made = make('li', 'voice-row');
      const who = make('button', 'who');
      const name = make('span', 'name');
      name.dir = 'auto';
      who.append(name, make('span', 'facts'));
      const blend = make('button', 'tool blend', text('gallery.blend'));
      blend.setAttribute('aria-pressed', 'false');
      const play = make('button', 'round play');
      play.append(aloud.icon('play'), aloud.icon('pause'));
      for (const button of [who, blend, play]) Object.assign(button, { type: 'button', tabIndex: -1 });
      made.append(who, blend, play);
      return made;
    },

    /** What is known of a voice, before it is drawn. */
    row(voice, group) {
      const engine = this.engines[voice.by?.[0] ?? voice.engine]?.label;
      const spoken = this.languages[voice.language];
      const named = Boolean(voice.name);
      voice.name ||= spoken.name;
      const gender = ['female', 'male'].includes(voice.gender) ? text(`voice.${voice.gender}`) : '';
      const language = spoken?.name ?? (voice.engine === 'library' ? text('voices.any_language') : '');
      const facts = voice.about ? [voice.about] : [
        named && language !== this.title(group.id) ? language : '', // Else it is the title's, or the name.
        gender, engine, voice.grade && text('gallery.grade', { grade: voice.grade }),
        voice.engine === 'library' && text('gallery.yours'),
      ];
      const all = (voice.languages ?? [voice.language]).flatMap((code) => [code, this.languages[code]?.name, this.languages[code]?.words]);
      const words = ` ${folded([voice.name, voice.id, gender, engine, ...all].filter(Boolean).join(' ')).replace(/[()_–-]/g, ' ')}`;
      return { voice, group, words, facts: facts.filter(Boolean).join(' · '), what: [voice.name, gender, engine].filter(Boolean).join(', ') };
    },

    drawRow(row) {
      const { voice, group, what } = row;
      const element = this.template.cloneNode(true);
      const [who, blend, play] = element.children;
      Object.assign(row, { element, who, blend, play });
      element.row = row;
      who.firstChild.textContent = voice.name;
      who.lastChild.textContent = row.facts;
      play.setAttribute('aria-label', text('play.what', { what }));
      blend.setAttribute('aria-label', text('action', { action: text('gallery.blend'), what }));
      play.hidden = voice.id === 'default';
      blend.hidden = !voice.canBlend;
      element.hidden = !row.shown;
      this.mark(row);
      group.list.append(element);
      if (!group.element.isConnected) part(this.dialog, 'groups').append(group.element);
      this.ahead.watch(row);
    },

    /** Show whether a row's voice is the chosen one, and whether it is picked for a blend. */
    mark({ voice, who, blend }) {
      if (!who) return; // It will be, when it is drawn.
      if (voice === this.chosen) who.setAttribute('aria-current', 'true');
      else who.removeAttribute('aria-current');
      const picked = this.picked ?? [];
      blend.setAttribute('aria-pressed', String(picked.includes(voice)));
      blend.disabled = picked.length > 0 && picked[0].engine !== voice.engine;
    },
  };

  aloud.galleryRows = { base, folded, methods };
})();
