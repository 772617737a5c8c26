// The page's texts in its language, from the catalogue that the document names; numbers, dates and
// plurals by the browser's Intl in the same language. Gradio's own texts follow.
(() => {
  const { language, languages, cookie, texts } = window.aloudTexts;
  const aloud = window.aloud;
  aloud.language = language;
  const plural = new Intl.PluralRules(language);
  const written = new Intl.NumberFormat(language, { maximumFractionDigits: 20 });

  /** A number in the page's language; `options` of Intl.NumberFormat. */
  aloud.number = (value, options = null) => (options ? new Intl.NumberFormat(language, options) : written).format(value);
  /** A number with this many decimals. */
  aloud.decimal = (value, digits) => aloud.number(value, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  /** A number of percent. */
  aloud.percent = (value) => aloud.number(value / 100, { style: 'percent', maximumFractionDigits: 1 });
  /** A date or a time; `options` of Intl.DateTimeFormat. */
  aloud.date = (when, options) => new Intl.DateTimeFormat(language, options).format(when);

  const shown = (value) => (typeof value === 'number' ? aloud.number(value) : String(value));
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (mark, name) => (name in values ? shown(values[name]) : mark));
  /** The text of a key with its values; the number `count` selects the plural form. */
  aloud.text = (key, values = {}) => {
    const found = texts[key] ?? key;
    if (typeof found === 'string') return filled(found, values);
    return filled(found[plural.select(values.count)] ?? found.other, values);
  };
  /** The same for markup. */
  aloud.html = (key) => aloud.text(key).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

  // The core says errors and findings in English: those in the catalogue are known by their wording.
  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const NUMBER = /^-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?$/;
  let known = [];
  /** Take the texts over, by their English wording: they come in a script of their own, later. */
  aloud.learnSaid = (said) => {
    known = Object.entries(said).map(([english, text]) => {
      // What is in quotation marks is a name, which is the same in all languages.
      const names = [...english.matchAll(/('?)\{(\w+)\}/g)].map(([, quote, name]) => ({ name, quoted: quote === "'" }));
      const pattern = escaped(english).replace(/\\\{\w+\\\}/g, '(.+?)');
      return { pattern: new RegExp(`^${pattern}$`, 's'), names, text };
    });
  };
  /** What stands in the place of a placeholder. */
  const localized = (value) => (NUMBER.test(value) ? aloud.decimal(Number(value.replaceAll(',', '')), value.split('.')[1]?.length ?? 0) : sentences(value));
  const ENDS = /(?<=[.!?]) (?=\S)/; // of sentences
  /** `several`: whether several sentences may stand in the place of a placeholder. */
  const recognized = (message, several = true) => {
    for (const { pattern, names, text } of known) {
      const found = pattern.exec(message);
      if (found && (several || !found.slice(1).some((value) => ENDS.test(value)))) return filled(text, Object.fromEntries(names.map(({ name, quoted }, i) => [name, quoted ? found[i + 1] : localized(found[i + 1])])));
    }
    return null;
  };
  /** What the core says, as a whole or by sentences; what the catalogue does not have, as it is. */
  const sentences = (message) => {
    const parts = message.split(ENDS);
    const told = parts.map((part) => recognized(part));
    const whole = recognized(message, false) ?? (told.includes(null) ? recognized(message) : null);
    return whole ?? parts.map((part, i) => told[i] ?? part).join(' ').replace(/(?<=[。！？]) /g, '');
  };
  const REMEDY = /^(.+?) With (code|emoji|foreign)=\w+ [^.]+\.$/s; // an API's option
  /** The same; a remedy is told by the name that its control has on the page. */
  aloud.said = (message) => {
    const [, fault, option] = REMEDY.exec(message) ?? [null, message];
    if (!option) return sentences(message);
    return `${sentences(fault)} ${aloud.text('remedy', { option: aloud.text(`reading.${option}`), place: aloud.text('speak.fine_tuning') })}`;
  };
  /** An error of the server: its sentence, else what its type means, and the sentence as it is. */
  aloud.failure = (message, type) => {
    const found = aloud.said(message);
    const general = texts[`error.${type}`];
    return found !== message || language === 'en' || !general ? found : `${general} (${message})`;
  };

  // Gradio looks up marked texts in this table, and takes the language from nowhere but here.
  const plain = Object.fromEntries(Object.entries(texts).filter(([, text]) => typeof text === 'string'));
  if (window.gradio_config) window.gradio_config.i18n_translations = { [language]: plain };
  Object.defineProperty(navigator, 'language', { value: language, configurable: true });
  document.documentElement.style.setProperty('--drop-text', JSON.stringify(aloud.text('clone.drop')));

  /** Fill the list of languages; another choice loads the page again, which keeps what is written. */
  aloud.mountLanguages = (select) => {
    select.replaceChildren(...Object.entries(languages).map(([code, name]) => {
      const option = new Option(name, code, false, code === language);
      option.lang = code;
      return option;
    }));
    select.addEventListener('change', () => {
      aloud.setCookie(cookie, select.value, 31536000);
      location.reload();
    });
  };
})();
