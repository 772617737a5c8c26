// The API panel: the base address, snippets to copy, the way to the documentation.
(() => {
  const { make, text: words } = aloud;

  /** Snippets by name; `key`: the API key to show in them, "" where none is required. */
  const snippets = (base, key) => ({
    terminal: `curl ${base}/audio/speech \\\n${key && `  -H "Authorization: Bearer ${key}" \\\n`}  -H "Content-Type: application/json" \\\n  -d '{"model": "tts-1", "voice": "alloy", "input": "Hello there."}' \\\n  -o hello.mp3`,
    python: `from openai import OpenAI\n\nclient = OpenAI(base_url="${base}", api_key="${key || 'not-needed'}")\nwith client.audio.speech.with_streaming_response.create(\n    model="tts-1", voice="alloy", input="Hello there."\n) as response:\n    response.stream_to_file("hello.mp3")`,
    javascript: `const answer = await fetch("${base}/audio/speech", {\n  method: "POST",\n  headers: {"Content-Type": "application/json"${key && `, "Authorization": "Bearer ${key}"`}},\n  body: JSON.stringify({model: "tts-1", voice: "alloy", input: "Hello there."}),\n});\nnew Audio(URL.createObjectURL(await answer.blob())).play();`,
  });

  const TITLES = { terminal: words('api.terminal'), python: 'Python', javascript: 'JavaScript' };

  aloud.mountApiPanel = (element, props) => {
    const part = (role) => aloud.part(element, role);
    const panel = part('api-panel');
    const copied = (name) => panel.querySelector(`[data-role="${name}"]`).textContent;

    function fill() {
      const home = new URL(aloud.path('/'), location.href).href.replace(/\/$/, '');
      const key = props.needs_key ? 'YOUR_KEY' : '';
      aloud.setText(part('api-base'), `${home}/v1`);
      part('api-key').hidden = !key;
      part('api-docs').href = `${home}/docs`;
      if (part('api-snippets').childElementCount) return;
      Object.entries(snippets(`${home}/v1`, key)).forEach(([kind, text]) => {
        const [name, title] = [`api-${kind}`, TITLES[kind]];
        const code = make('code', '', text);
        code.dataset.role = name;
        const frame = make('pre', '');
        frame.tabIndex = 0; // It scrolls sideways.
        frame.setAttribute('aria-label', title);
        frame.append(code);
        const head = make('div', 'snippet-head');
        head.append(make('h3', '', title));
        const button = make('button', 'tool', words('copy'));
        Object.assign(button, { type: 'button' }).dataset.copy = name;
        button.setAttribute('aria-label', words('copy.what', { what: title }));
        head.append(button);
        const made = make('div', 'snippet');
        made.append(head, frame);
        part('api-snippets').append(made);
      });
      // Browsers copy only on localhost and over HTTPS; elsewhere texts can be selected.
      if (!navigator.clipboard) panel.querySelectorAll('[data-copy]').forEach((button) => { button.hidden = true; });
    }

    part('api').addEventListener('click', () => {
      fill();
      panel.showModal(); // Esc closes it, and focus returns to the button: both are the browser's.
    });
    part('api-close').addEventListener('click', () => panel.close());
    panel.addEventListener('click', ({ target }) => {
      if (target === panel) panel.close();
      const button = target.closest('[data-copy]');
      if (button) aloud.copy(button, copied(button.dataset.copy));
    });
  };
})();
