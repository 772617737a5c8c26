// The connection to the server: checked at once when a request fails, and every 20 s otherwise; and
// whether it is fast enough for sound as it is.
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

  const NEEDED = 1000; // kbit/s: twice what 16-bit samples at 24 kHz take in base64
  const [FILE, ENOUGH] = [2000, 30000]; // bytes: of a file that tells something, and of all of them
  const VALID = 3600; // seconds
  /** kbit/s at which the page's files came, from the times in which any was on its way; else null. */
  function measured() {
    const files = performance.getEntriesByType('resource')
      .filter((file) => file.initiatorType !== 'fetch' && file.transferSize > FILE && file.responseStart)
      .sort((a, b) => a.responseStart - b.responseStart);
    let [bytes, busy, until] = [0, 0, 0];
    for (const { transferSize, responseStart, responseEnd } of files) {
      bytes += transferSize;
      busy += Math.max(0, responseEnd - Math.max(responseStart, until));
      until = Math.max(until, responseEnd);
    }
    return bytes < ENOUGH ? null : (bytes * 8) / Math.max(busy, 1);
  }
  /** Tell the server, in a cookie, whether the line is slow; unknown lines stay what they were. */
  aloud.judgeLine = () => {
    const { saveData, downlink } = navigator.connection ?? {};
    const rate = measured() ?? (downlink === undefined ? null : downlink * 1000);
    if (saveData || rate !== null) aloud.setCookie('aloud-line', saveData || rate < NEEDED ? 'slow' : '', VALID);
  };

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
