// The cards of saved voices on the Clone tab. Names are inserted as text nodes only.
(() => {
  const { setText, make, text } = aloud;
  aloud.mountVoices = (element, props, watch, trigger) => {
    const part = (role) => aloud.part(element, role);
    const board = part('voices');
    let [last, newVoice, nonce, asked] = ['', '', '', ''];
    const day = (written) => aloud.date(new Date(written), { dateStyle: 'medium' });

    const tryVoice = (id) => {
      aloud.player?.prepare(true);
      trigger('try_request', { id });
    };

    function card(item) {
      const made = make('article', 'voice');
      made.dataset.id = item.id;
      const button = (action, press) => {
        const element = make('button', 'tool', text(action === 'delete' ? 'delete' : `voices.${action}`));
        element.type = 'button';
        element.dataset.action = action;
        element.addEventListener('click', press);
        return element;
      };
      const request = (event, data = {}) => {
        aloud.clearNote?.();
        trigger(event, { id: item.id, ...data });
      };
      const title = make('h3', '');
      title.dir = 'auto';
      const row = make('div', 'actions');
      const remove = button('delete', () => {
        if (remove.dataset.sure) return request('voice_request', { action: 'delete' });
        remove.dataset.sure = 'yes';
        remove.textContent = text('voices.sure');
        remove.classList.add('danger');
        setTimeout(() => {
          delete remove.dataset.sure;
          remove.textContent = text('delete');
          remove.classList.remove('danger');
        }, 4000);
        return undefined;
      });
      row.append(
        button('try', () => tryVoice(item.id)),
        ...(item.recorded ? [button('original', () => request('original_request'))] : []),
        button('use', () => request('use_request')),
        button('rename', () => rename(made)),
        button('export', () => request('export_request')),
        button('made', () => aloud.showMadeWith(item.made, made.querySelector('h3').textContent)),
        remove,
      );
      made.append(title, make('p', 'facts'), make('p', 'how'));
      if (item.consent) made.append(consent(item, () => ask(made)));
      made.append(row);
      return made;
    }

    /** What was agreed to and when, and the button that ends it. */
    function consent({ consent: { given, statement } }, withdraw) {
      const made = make('details', 'consent');
      const button = make('button', 'tool danger', text('voices.withdraw'));
      button.type = 'button';
      button.dataset.action = 'withdraw';
      button.addEventListener('click', withdraw);
      const words = make('p', 'statement', statement || text('clone.consent'));
      words.dir = 'auto';
      made.append(make('summary', '', text('voices.consent', { date: day(given) })), words, button);
      return made;
    }

    function ask(made) {
      asked = made.dataset.id;
      setText(part('ask-title'), text('voices.withdraw_title', { name: made.querySelector('h3').textContent }));
      part('ask').showModal();
    }
    part('ask-no').addEventListener('click', () => part('ask').close());
    part('ask').addEventListener('click', (event) => { if (event.target === part('ask')) part('ask').close(); });
    part('ask-yes').addEventListener('click', () => {
      part('ask').close();
      aloud.clearNote?.();
      trigger('voice_request', { action: 'withdraw', id: asked });
    });

    function withdrawal({ id, name, given, at }) {
      const row = make('li', '');
      const words = make('span', '', text('voices.withdrawn', { name, given: day(given), at: day(at) }));
      words.dir = 'auto';
      const button = make('button', 'tool', text('voices.made'));
      button.type = 'button';
      button.setAttribute('aria-label', text('action', { action: button.textContent, what: name }));
      button.addEventListener('click', () => aloud.showMadeWith(id, name));
      row.append(words, button);
      return row;
    }

    function rename(made) {
      const title = made.querySelector('h3');
      if (title.querySelector('input')) return;
      const old = title.textContent;
      const box = make('input', '');
      Object.assign(box, { value: old, maxLength: 60 });
      box.setAttribute('aria-label', text('voices.new_name', { name: old }));
      let ended = false; // Removing the input blurs it, which ends renaming again.
      const end = (keep) => {
        if (ended) return;
        ended = true;
        const name = box.value.trim();
        const focused = document.activeElement === box;
        title.textContent = old;
        if (focused) made.querySelector('[data-action="rename"]').focus();
        if (keep && name && name !== old) trigger('voice_request', { action: 'rename', id: made.dataset.id, name });
      };
      box.addEventListener('keydown', (event) => {
        event.stopPropagation();
        // Otherwise the key would press the button that gets the focus.
        if (event.key === 'Enter' || event.key === 'Escape') event.preventDefault();
        if (event.key === 'Enter') end(true);
        if (event.key === 'Escape') end(false);
      });
      box.addEventListener('blur', () => end(true));
      title.replaceChildren(box);
      box.focus();
      box.select();
    }

    function update(made, item) {
      const title = made.querySelector('h3');
      if (!title.querySelector('input')) setText(title, item.name);
      setText(made.querySelector('.facts'), item.facts.join(' · '));
      setText(made.querySelector('.how'), item.how);
      made.querySelector('.how').classList.toggle('clone', item.clone);
      made.querySelectorAll('button').forEach((b) => b.setAttribute('aria-label', text('action', { action: b.textContent, what: item.name })));
      made.dataset.words = [item.name, ...item.facts].join(' ').toLocaleLowerCase();
    }

    /** Play a recording in its card, or download a package. */
    function deliver({ url, orig_name: name }) {
      const made = [...board.children].find((child) => `${child.dataset.id}.wav` === name);
      if (made) {
        const sound = make('audio', 'original');
        Object.assign(sound, { src: url, controls: true, autoplay: true });
        made.querySelector('audio')?.remove();
        made.insertBefore(sound, made.lastChild);
        return;
      }
      const link = make('a', '');
      Object.assign(link, { href: url, download: name });
      link.click();
    }

    function filter() {
      const words = part('search').value.toLocaleLowerCase().split(/\s+/);
      [...board.children].forEach((made) => { made.hidden = !words.every((w) => made.dataset.words.includes(w)); });
    }
    part('search').addEventListener('input', filter);

    const show = () => {
      const raw = props.value?.json;
      if (!raw || raw === last) return;
      last = raw;
      const content = JSON.parse(raw);
      const old = new Map([...board.children].map((child) => [child.dataset.id, child]));
      content.voices.forEach((item, i) => {
        const made = old.get(item.id) ?? card(item);
        old.delete(item.id);
        update(made, item);
        if (board.children[i] !== made) board.insertBefore(made, board.children[i] ?? null);
      });
      old.forEach((made) => {
        const focused = made.contains(document.activeElement);
        const near = made.nextElementSibling ?? made.previousElementSibling;
        made.remove();
        if (focused) aloud.focusFirst(near?.querySelector('[data-action="delete"]'), document.querySelector('#import'));
      });
      part('none').hidden = content.voices.length > 0;
      part('search').hidden = content.voices.length < 7;
      part('problems').hidden = content.problems.length === 0;
      part('problems').replaceChildren(...content.problems.map((what) => make('li', '', text('voices.skipped', { what }))));
      part('withdrawn').hidden = content.withdrawn.length === 0;
      part('withdrawals').replaceChildren(...content.withdrawn.map(withdrawal));
      filter();
      if (content.new_voice && content.new_voice !== newVoice) {
        newVoice = content.new_voice;
        const made = [...board.children].find((child) => child.dataset.id === newVoice);
        made?.classList.add('fresh');
        made?.scrollIntoView({ block: 'nearest' });
        tryVoice(newVoice);
      }
      if (content.nonce && content.nonce !== nonce) {
        nonce = content.nonce;
        deliver(props.value.file);
      }
    };
    show();
    watch('value', show);
  };
})();
