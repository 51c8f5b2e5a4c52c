// What plays: the video, or, for sessions without one, a clock that looks like a video to the player.
"use strict";
(() => {
  class Clock extends EventTarget {
    constructor(duration) {
      super();
      Object.assign(this, { duration, paused: true, playbackRate: 1, _time: 0, _last: 0 });
    }
    get currentTime() { return this._time; }
    set currentTime(time) {
      this._time = Math.min(Math.max(time, 0), this.duration);
      this.dispatchEvent(new Event("seeked"));
    }
    play() {
      if (this._time >= this.duration) this._time = 0;
      this.paused = false;
      this._last = performance.now();
      this.dispatchEvent(new Event("play"));
      const tick = (now) => {
        if (this.paused) return;
        this._time += (now - this._last) / 1000 * this.playbackRate;
        this._last = now;
        if (this._time >= this.duration) { this._time = this.duration; this.pause(); } else requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
      return Promise.resolve();
    }
    pause() {
      this.paused = true;
      this.dispatchEvent(new Event("pause"));
    }
  }

  // A video inside the page comes as base64: a blob of it can be seeked in every browser, a data address cannot.
  const inPage = (element) => {
    const packed = document.getElementById("film-data");
    if (!packed) return;
    const bytes = Uint8Array.from(atob(packed.textContent), (character) => character.charCodeAt(0));
    element.src = URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }));
  };

  gaitlab.openMedia = (duration) => {
    const film = document.getElementById("film");
    if (!film) return new Clock(duration);
    film.addEventListener("error", () => { document.getElementById("film-missing").hidden = false; });
    inPage(film);
    return film;
  };
})();
