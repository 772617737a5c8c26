// Two voices of one engine blended: what has been picked, the slider between them, and their sum's
// name, as every API takes it ("af_bella(7)+af_sky(3)").
(() => {
  const { make, setText, text, part } = aloud;
  const BLEND = /^(.+)\((\d+)\)\+(.+)\((\d+)\)$/;

  /** `act`: what to do with a blend: `play`, `choose`; `picked` is called when the voices change. */
  aloud.galleryBlend = (panel, act) => {
    let voices = [];
    const slider = part(panel, 'share');
    const button = (role, press) => part(panel, role).addEventListener('click', press);

    const second = () => Number(slider.value); // percent
    const shares = () => [100 - second(), second()].map((share, i) => `${voices[i].name} ${aloud.percent(share)}`);

    /** The blend as a voice of the list. */
    function voice() {
      const [a, b] = voices;
      const heavier = second() > 50 ? b : a;
      const id = `${a.id}(${(100 - second()) / 10})+${b.id}(${second() / 10})`;
      return { ...heavier, id, name: `${a.name} + ${b.name}` };
    }
    function show() {
      const [a, b] = voices;
      panel.hidden = !a;
      if (!a) return;
      part(panel, 'hint').hidden = Boolean(b);
      part(panel, 'mixing').hidden = part(panel, 'saving').hidden = !b;
      setText(part(panel, 'hint'), text('gallery.blend_with', { voice: a.name }));
      if (!b) return;
      setText(part(panel, 'first'), shares()[0]);
      setText(part(panel, 'second'), shares()[1]);
      slider.setAttribute('aria-valuetext', shares().join(', '));
      part(panel, 'hear').setAttribute('aria-label', text('play.what', { what: shares().join(' + ') }));
    }
    function set(next) {
      voices = next;
      act.picked(voices);
      show();
    }

    /** Save the blend under the name in the field; what came of it is told by `act`. */
    async function save() {
      const name = part(panel, 'name').value.trim();
      if (!name) { part(panel, 'name').focus(); return; }
      try {
        const query = new URLSearchParams({ blend: voice().id, name });
        const saved = await aloud.fetchJson(`/page/voices/blends?${query}`, { method: 'POST' });
        part(panel, 'name').value = '';
        act.saved(text('gallery.saved', { name: saved.name }));
      } catch (error) {
        act.failed(error.message);
      }
    }

    slider.addEventListener('input', show);
    button('hear', () => act.play(voice(), part(panel, 'hear'), shares().join(' + ')));
    button('take', () => act.choose(voice()));
    part(panel, 'saving').addEventListener('submit', (event) => { event.preventDefault(); save(); });
    button('leave', () => { set([]); act.left(); });

    return {
      /** Pick a voice, or leave it out again; a third one replaces the second. */
      toggle: (item) => set(voices.includes(item) ? voices.filter((v) => v !== item) : [...voices.slice(0, 1), item]),
      /** Show the blend that is chosen now, if it is one of two of these voices. */
      restore: (name, items) => {
        const [, a, m, b, n] = BLEND.exec(name) ?? [];
        const found = [a, b].map((id) => items.find((v) => v.id === id && v.canBlend));
        if (!a || found.includes(undefined)) { set([]); return; }
        slider.value = String(Math.round((100 * n) / (Number(m) + Number(n))));
        set(found);
      },
    };
  };

  aloud.blendPanel = () => {
    const panel = make('div', 'gallery-blend');
    panel.setAttribute('role', 'group');
    panel.setAttribute('aria-label', text('gallery.blend'));
    panel.innerHTML = `
      <p data-role="hint" role="status"></p>
      <div class="mixing" data-role="mixing">
        <div class="shares"><span data-role="first"></span><span data-role="second"></span></div>
        <input type="range" min="10" max="90" step="10" value="50" data-role="share" aria-label="${aloud.html('gallery.share')}">
      </div>
      <form class="saving" data-role="saving">
        <input type="text" data-role="name" maxlength="60" autocomplete="off" aria-label="${aloud.html('gallery.blend_name')}" placeholder="${aloud.html('gallery.blend_name')}">
        <button type="submit" class="tool">${aloud.html('gallery.save_blend')}</button>
      </form>
      <div class="buttons">
        <button type="button" class="tool" data-role="leave">${aloud.html('cancel')}</button>
        <button type="button" class="tool" data-role="hear">${aloud.html('play')}</button>
        <button type="button" class="tool main" data-role="take">${aloud.html('gallery.use_blend')}</button>
      </div>`;
    panel.hidden = true;
    return panel;
  };
})();
