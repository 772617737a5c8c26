// Light or dark, and the header. Gradio sets its class from the address and the system only.
(() => {
  const { $ } = aloud;
  const root = document.documentElement;
  const darkSystem = matchMedia('(prefers-color-scheme: dark)');
  let chosen = aloud.load('theme');
  const wantsDark = () => (chosen ?? (darkSystem.matches ? 'dark' : 'light')) === 'dark';

  function applyTheme() {
    const dark = wantsDark();
    if (document.body.classList.contains('dark') !== dark) document.body.classList.toggle('dark', dark);
    root.style.colorScheme = dark ? 'dark' : 'light';
    document.body.style.background = 'var(--body-background-fill)';
    $('#aloud-header [data-role="theme"]')
      ?.setAttribute('aria-label', aloud.text(dark ? 'header.light' : 'header.dark'));
    window.dispatchEvent(new Event('aloud:theme'));
  }
  applyTheme();
  darkSystem.addEventListener('change', applyTheme);
  new MutationObserver(() => {
    if (document.body.classList.contains('dark') !== wantsDark()) applyTheme();
  }).observe(document.body, { attributes: true, attributeFilter: ['class'] });

  aloud.mountHeader = (element, props, watch) => {
    const pill = aloud.part(element, 'engine');
    const update = () => {
      const engines = JSON.parse(props.value?.json ?? '[]');
      const ready = engines.filter((engine) => engine.ready);
      pill.classList.toggle('missing', ready.length === 0);
      aloud.setText(pill, ready.length ? aloud.text('header.ready', { engine: ready[0].label }) : aloud.text('header.none_ready'));
      pill.title = engines
        .map((engine) => aloud.text(engine.ready ? 'header.engine_ready' : 'header.engine_not_ready', { engine: engine.label }))
        .join('\n');
    };
    update();
    watch('value', update);
    pill.addEventListener('click', () => aloud.openTab('engines'));
    aloud.part(element, 'theme').addEventListener('click', () => {
      chosen = wantsDark() ? 'light' : 'dark';
      aloud.save('theme', chosen);
      applyTheme();
    });
    aloud.mountLanguages(aloud.part(element, 'languages'));
    applyTheme();
  };
})();
