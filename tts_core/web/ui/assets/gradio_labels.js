// Names that Gradio's sliders have for screen readers, which it says in English only.
(() => {
  const NAMES = [
    [/^number input for (.*)$/, 'slider.number'],
    [/^range slider for (.*)$/, 'slider.range'],
    [/^Reset to default value$/, 'slider.reset'],
  ];
  if (aloud.language === 'en') return;

  function rename(element) {
    for (const attribute of ['aria-label', 'title']) {
      const name = element.getAttribute(attribute) ?? '';
      for (const [pattern, key] of NAMES) {
        const found = pattern.exec(name);
        if (found) element.setAttribute(attribute, aloud.text(key, { label: found[1] ?? '' }));
      }
    }
  }
  aloud.whenThere('#studio', (studio) => {
    const all = () => studio.querySelectorAll('.slider_input_container ~ *, input, button').forEach(rename);
    all();
    new MutationObserver(all).observe(studio, { childList: true, subtree: true });
  });
})();
