// Names for screen readers that Gradio's sliders and its audio player have in English only, and with
// all the decimals of a number.
(() => {
  const NAMES = [
    [/^number input for (.*)$/, 'gradio.number'],
    [/^range slider for (.*)$/, 'gradio.range'],
    [/^Reset to default value$/, 'gradio.reset'],
    [/^Adjust playback speed to (.*)x$/, 'gradio.speed'],
    [/^Skip backwards by (.*) seconds$/, 'gradio.back'],
    [/^Skip forward by (.*) seconds$/, 'gradio.forward'],
    [/^Adjust volume$/, 'gradio.volume'],
    [/^(?:Upload file|File upload)$/, 'gradio.upload'],
    [/^Record audio$/, 'gradio.record'],
    [/^More tabs$/, 'gradio.more_tabs'],
  ];
  const shown = (value) => (/^\d+\.\d{2,}$/.test(value) ? Number(Number(value).toFixed(1)) : value);

  /** The name; "Reset" says of what, since all sliders have such a button. */
  function told(element, key, value) {
    const words = aloud.text(key, { value });
    const what = key === 'gradio.reset' && element.closest('.block')?.querySelector('[data-testid="block-info"]')?.textContent.trim();
    return what ? aloud.text('action', { action: words, what }) : words;
  }
  function rename(element) {
    for (const attribute of ['aria-label', 'title']) {
      const name = element.getAttribute(attribute) ?? '';
      for (const [pattern, key] of NAMES) {
        const found = pattern.exec(name);
        const ours = found && told(element, key, shown(found[1] ?? ''));
        if (ours && ours !== name) element.setAttribute(attribute, ours);
      }
    }
  }
  for (const part of ['#studio', '#clip-audio', '#aloud-tabs > .tab-wrapper']) {
    aloud.whenThere(part, (place) => {
      const all = () => place.querySelectorAll('input, button').forEach(rename);
      all();
      const watched = { childList: true, subtree: true, attributes: true, attributeFilter: ['aria-label', 'title'] };
      new MutationObserver(all).observe(place, watched);
    });
  }
})();
