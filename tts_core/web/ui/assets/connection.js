// The connection to the server: checked at once when a request fails, and every 20 s otherwise.
(() => {
  const { $ } = aloud;
  const root = document.documentElement;
  const [CALM, LOST] = [20000, 3000]; // milliseconds between checks
  const ask = window.fetch.bind(window);

  aloud.setOnline = (online) => {
    const back = online && !aloud.online;
    aloud.online = online;
    const banner = $('#aloud-header [data-role="offline"]');
    if (banner) banner.hidden = online;
    root.toggleAttribute('data-offline', !online);
    if (back) aloud.player?.connectionBack();
  };

  async function check() {
    const base = (window.gradio_config?.root ?? '').replace(/\/$/, '');
    try {
      const answer = await ask(`${base}/gradio_api/app_id`, { cache: 'no-store', signal: AbortSignal.timeout(4000) });
      aloud.setOnline(answer.ok || answer.status === 401);
    } catch {
      aloud.setOnline(false);
    }
    if (!aloud.online) aloud.player?.connectionLost();
    clearTimeout(check.timer);
    check.timer = setTimeout(check, aloud.online ? CALM : LOST);
  }
  aloud.checkConnection = check;
  check.timer = setTimeout(check, CALM);
  addEventListener('offline', check);
  addEventListener('online', check);

  // Gradio's requests, too: it tells of a failure late, and in a box over our own words.
  window.fetch = async (...given) => {
    try {
      return await ask(...given);
    } catch (error) {
      if (error?.name !== 'AbortError' && aloud.online) check();
      throw error;
    }
  };
})();
