// The player's waveform: bars, a mark at each sentence and the playhead; also a seek slider.
(() => {
  const [BAR, SPACE] = [2, 1];

  class Waveform {
    constructor(player) {
      this.player = player;
      this.box = aloud.part(player.element, 'wave');
      this.canvas = aloud.part(player.element, 'canvas');
      this.pen = this.canvas.getContext('2d');
      new ResizeObserver(() => this.resize()).observe(this.box);
      addEventListener('aloud:theme', () => setTimeout(() => { this.readColors(); this.draw(player.position); }));
      this.listen();
      this.readColors();
    }

    listen() {
      const { box, player } = this;
      const seek = (event) => {
        const { left, width } = box.getBoundingClientRect();
        player.seek(((event.clientX - left) / width) * this.scale);
      };
      box.addEventListener('pointerdown', (event) => {
        if (!player.duration) return;
        box.setPointerCapture(event.pointerId);
        seek(event);
      });
      box.addEventListener('pointermove', (event) => {
        if (box.hasPointerCapture(event.pointerId)) seek(event);
      });
      box.addEventListener('keydown', (event) => {
        const step = { ArrowRight: 5, ArrowUp: 5, ArrowLeft: -5, ArrowDown: -5, PageUp: 30, PageDown: -30 }[event.key];
        if (step) player.seek(player.position + step);
        else if (event.key === 'Home') player.seek(0);
        else if (event.key === 'End') player.seek(player.duration);
        else return;
        event.preventDefault();
      });
    }

    readColors() {
      const style = getComputedStyle(this.box);
      this.colors = ['--wave-played', '--wave-ahead', '--wave-mark', '--wave-head', '--wave-idle']
        .map((name) => style.getPropertyValue(name).trim());
      this.drawn = null;
    }

    resize() {
      const density = devicePixelRatio || 1;
      const { width, height } = this.box.getBoundingClientRect();
      this.canvas.width = Math.max(1, Math.round(width * density));
      this.canvas.height = Math.max(1, Math.round(height * density));
      this.density = density;
      this.refresh();
      this.draw(this.player.position);
    }

    /** Seconds across the whole width; an estimate while audio is still arriving. */
    get scale() {
      const { player } = this;
      const done = player.complete || !player.buffer;
      return done ? player.duration : Math.max(player.duration * 1.02, player.expected ?? 0);
    }

    /** Recompute the bars after the audio has changed. */
    refresh() {
      const { player, canvas, box } = this;
      const count = Math.floor(canvas.width / (this.density * (BAR + SPACE)));
      const step = this.scale / count;
      this.bars = [];
      this.drawn = null;
      for (let i = 0; player.duration && i < count && i * step < player.duration; i++) {
        this.bars.push(player.buffer.peak(i * step, (i + 1) * step));
      }
      const hasAudio = player.duration > 0;
      box.tabIndex = hasAudio ? 0 : -1;
      box.setAttribute('aria-disabled', String(!hasAudio));
      box.setAttribute('aria-valuemax', player.duration.toFixed(1));
    }

    /** Draw with the playhead at a time in seconds. */
    draw(at) {
      const { pen, canvas, player, density } = this;
      if (!density) return;
      const [played, ahead, mark, head, idle] = this.colors;
      const [width, height] = [canvas.width, canvas.height];
      const middle = height / 2;
      const scale = this.scale;
      const playhead = player.duration ? Math.round((at / scale) * width) : 0;
      // While a long text is played, most frames are like the one before.
      const frame = `${playhead} ${Math.round(at)}`;
      if (frame === this.drawn) return;
      this.drawn = frame;
      pen.clearRect(0, 0, width, height);
      if (!player.duration) {
        pen.fillStyle = idle;
        pen.fillRect(0, middle - density / 2, width, density);
        return;
      }
      const pitch = (BAR + SPACE) * density;
      this.bars.forEach((level, i) => {
        const size = Math.max(2 * density, level ** 0.8 * height * 0.86);
        pen.fillStyle = i * pitch < playhead ? played : ahead;
        pen.fillRect(i * pitch, middle - size / 2, BAR * density, size);
      });
      const covered = this.bars.length * pitch;
      if (covered < width) {
        pen.fillStyle = idle;
        pen.fillRect(covered, middle - density / 2, width - covered, density);
      }
      pen.fillStyle = mark;
      for (const segment of player.segments) {
        if (segment?.start) pen.fillRect((segment.start / scale) * width, 0, density, 6 * density);
      }
      pen.fillStyle = head;
      pen.fillRect(Math.min(playhead, width - 2 * density), 0, 2 * density, height);
      this.box.setAttribute('aria-valuenow', at.toFixed(1));
      this.box.setAttribute('aria-valuetext', aloud.text('player.at', { seconds: Math.round(at), count: Math.round(player.duration) }));
    }
  }

  aloud.Waveform = Waveform;
})();
