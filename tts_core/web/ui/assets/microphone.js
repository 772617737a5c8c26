// Says why a microphone cannot be used. Gradio's recorder only throws an error then.
(() => {
  const WHY = { NotFoundError: 'microphone.missing', NotAllowedError: 'microphone.refused', NotReadableError: 'microphone.busy' };

  function say(text) {
    const place = document.querySelector('[data-role="microphone"]');
    if (!place) return;
    place.textContent = text;
    place.hidden = !text;
  }
  aloud.clearMicrophone = () => say('');

  const devices = navigator.mediaDevices;
  if (devices) {
    const open = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (...wanted) => {
      try {
        const stream = await open(...wanted);
        say('');
        return stream;
      } catch (error) {
        say(aloud.text(WHY[error.name] ?? 'microphone.other', { name: error.name }));
        throw error;
      }
    };
  }
  addEventListener('click', ({ target }) => {
    if (!devices && target.closest?.(`#clip-audio .record-button, #clip-audio [aria-label="${aloud.text('gradio.record')}"]`)) say(aloud.text('microphone.insecure'));
  }, true);
  // It has been said above.
  addEventListener('unhandledrejection', (event) => {
    if (/accessing the microphone/i.test(event.reason?.message ?? '')) event.preventDefault();
  });
})();
