// The cast: the narrator and the speakers that the text names, each with a voice, speed and pitch.
(() => {
  const { make, setText, text, studioField: field } = aloud;
  const [SPEED, PITCH] = [[0.5, 2, 0.05], [0.5, 2, 0.05]];

  /** `save` gets what changes of the project. */
  aloud.studioCast = (card, save) => {
    let drawn = '';
    const names = Object.assign(document.createElement('datalist'), { id: 'studio-speakers' });
    const list = make('div', 'studio-cast');
    const none = make('p', 'facts', text('studio.cast_none'));
    card.append(make('h3', '', text('studio.cast')), list, none, names);

    function member(name, count, part, first, language, pitched, change) {
      const row = make('fieldset', 'studio-part');
      const legend = make('legend', '', name);
      legend.dir = 'auto';
      if (count) legend.append(make('span', 'facts', ` ${text('studio.sentences', { count })}`));
      const voice = make('select', '');
      aloud.studioVoiceOptions(voice, language, part.voice, first);
      voice.addEventListener('change', () => change({ voice: voice.value }));
      const label = text('action', { action: text('gallery.open'), what: name });
      const gallery = aloud.iconButton('search', label, () => aloud.pickVoice({ voice: part.voice || 'default', language, choose: (id) => change({ voice: id }) }));
      const chosen = make('div', 'studio-voice');
      chosen.append(field(text('voice'), voice), gallery);
      row.append(legend, chosen);
      const pair = make('div', 'studio-pair');
      pair.append(field(text('speak.speed'), aloud.studioNumber(part.speed, SPEED, (speed) => change({ speed }))));
      if (pitched) pair.append(field(text('speak.pitch'), aloud.studioNumber(part.pitch, PITCH, (pitch) => change({ pitch }))));
      row.append(pair);
      return row;
    }

    /** Whether the engine that has a voice changes the pitch. */
    const pitched = (all, voice, pitch) => {
      const engine = all.find((known) => known.id === voice)?.engine;
      return engine in pitch ? pitch[engine] : Object.values(pitch).some(Boolean);
    };
    return {
      /** Show who speaks; what is being changed stays. */
      async show(cast) {
        if (JSON.stringify(cast) === drawn || (drawn && list.contains(document.activeElement) && document.activeElement.matches('input'))) return;
        const { voices = [] } = await aloud.studioVoices().catch(() => ({}));
        drawn = JSON.stringify(cast);
        const { narrator, speakers, language, pitch } = cast;
        const parts = Object.fromEntries(speakers.map(({ name, voice, speed, pitch: height }) => [name, { voice, speed, pitch: height }]));
        const had = [...list.querySelectorAll('select')].indexOf(document.activeElement);
        list.replaceChildren(
          member(text('studio.narrator'), 0, narrator, [], language, pitched(voices, narrator.voice, pitch), save),
          ...speakers.map((speaker) => member(
            speaker.name, speaker.segments, speaker, [['', text('studio.narrators_voice')]], language,
            pitched(voices, speaker.voice || narrator.voice, pitch),
            (changes) => {
              Object.assign(parts[speaker.name], changes);
              save({ cast: parts });
            },
          )),
        );
        if (had >= 0) list.querySelectorAll('select')[had]?.focus();
        none.hidden = speakers.length > 0;
        names.replaceChildren(...speakers.map(({ name }) => new Option('', name)));
      },
    };
  };
})();
