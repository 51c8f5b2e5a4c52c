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
  const inPage = (film, packed) => {
    const bytes = Uint8Array.from(atob(packed.textContent), (character) => character.charCodeAt(0));
    film.src = URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }));
  };

  // The elements of a player are called after it: NAME, NAME-data, NAME-missing.
  gaitlab.openMedia = (duration, name = "film") => {
    const film = document.getElementById(name), packed = document.getElementById(`${name}-data`);
    if (!film) return new Clock(duration);
    film.addEventListener("error", () => { document.getElementById(`${name}-missing`).hidden = false; });
    if (packed) inPage(film, packed);
    return film;
  };

  // Scroll to a section unless its picture can be seen whole, below the bar that stays at the top.
  gaitlab.reveal = (picture, section) => {
    const { top, bottom } = picture.getBoundingClientRect();
    if (top < document.querySelector("nav").offsetHeight || bottom > innerHeight) section.scrollIntoView();
  };

  // While a video plays, the frame on the screen lags behind its clock; browsers that tell which one it is are asked.
  gaitlab.shownTime = (media, rate, changed) => {
    let onScreen = null;
    if (media.requestVideoFrameCallback) {
      const note = (_, frame) => { onScreen = frame.mediaTime; changed(); media.requestVideoFrameCallback(note); };
      media.requestVideoFrameCallback(note);
    }
    return () => (media.paused || onScreen === null ? media.currentTime : onScreen) / rate;
  };
})();
