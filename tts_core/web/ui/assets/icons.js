// Icons, buttons that show one, and times as text.
(() => {
  const { make, text } = aloud;
  const ICONS = {
    play: 'M8 5.2v13.6L19 12z',
    pause: 'M7 5h3.6v14H7zM13.4 5H17v14h-3.6z',
    swap: 'M4 8h13M13.5 4.5L17 8l-3.5 3.5M20 16H7M10.5 12.5L7 16l3.5 3.5',
    close: 'M6 6l12 12M18 6L6 18',
    download: 'M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14',
    again: 'M5 12a7 7 0 1 0 2.3-5.2M5 4v4h4',
    undo: 'M9 5L4.5 9.5 9 14M4.5 9.5H14a4.5 4.5 0 0 1 0 9h-3',
    redo: 'M15 5l4.5 4.5L15 14M19.5 9.5H10a4.5 4.5 0 0 0 0 9h3',
    search: 'M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13M15.3 15.3L20 20',
    remove: 'M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12M10.5 10.5v5.5M13.5 10.5v5.5',
  };

  aloud.icon = (name) => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute('d', ICONS[name]);
    if (name === 'play' || name === 'pause') path.setAttribute('class', 'fill');
    svg.append(path);
    return svg;
  };
  /** A button, or a link, that shows an icon; `label`: what it does, and to what. */
  aloud.iconButton = (name, label, press, tag = 'button') => {
    const made = make(tag, `icon ${name}`);
    if (tag === 'button') made.type = 'button';
    made.append(aloud.icon(name));
    made.title = label;
    made.setAttribute('aria-label', label);
    if (press) made.addEventListener('click', press);
    return made;
  };
  /** How long a sound is, as text. */
  aloud.length = (value) => (value < 1 ? text('unit.s', { value: aloud.decimal(value, 1) }) : aloud.seconds(value));
  /** A duration in seconds as text. */
  aloud.seconds = (value) => {
    if (value === null || value === undefined) return '–';
    if (value < 1) return text('unit.ms', { value: Math.round(value * 1000) });
    if (value < 60) return text('unit.s', { value: aloud.decimal(value, 1) });
    const whole = Math.round(value);
    return text('unit.min_s', { minutes: Math.floor(whole / 60), seconds: whole % 60 });
  };
  /** A time as text: of day if it is of today, else with its date. */
  aloud.when = (seconds) => {
    const at = new Date(seconds * 1000);
    const today = at.toDateString() === new Date().toDateString();
    const time = aloud.date(at, { hour: '2-digit', minute: '2-digit', second: today ? '2-digit' : undefined, hourCycle: 'h23' });
    return today ? time : aloud.date(at, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  };
})();
