// Says why a microphone cannot be used. Gradio's recorder only throws an error then.
(() => {
  const WHY = {
    NotFoundError: 'No microphone found. Connect one, or upload a file.',
    NotAllowedError: 'The browser refuses the microphone. Allow it in the address bar, or upload a file.',
    NotReadableError: 'The microphone is in use by another program. Close that program, or upload a file.',
  };
  const INSECURE = 'Browsers record only on localhost and over HTTPS. Open this page there, or upload a file.';
  const other = (error) => `The microphone cannot be used (${error.name}). Upload a file instead.`;

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
        say(WHY[error.name] ?? other(error));
        throw error;
      }
    };
  }
  addEventListener('click', ({ target }) => {
    if (!devices && target.closest?.('#clip-audio .record-button, #clip-audio [aria-label="Record audio"]')) say(INSECURE);
  }, true);
  // It has been said above.
  addEventListener('unhandledrejection', (event) => {
    if (/accessing the microphone/i.test(event.reason?.message ?? '')) event.preventDefault();
  });
})();
