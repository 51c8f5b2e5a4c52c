// A runner's tracks: which frame is shown at a time, and the skeleton, angles and contacts drawn over it.
"use strict";
gaitlab.tracks = (data, canvas) => {
  const MISSING = -32768;
  const unpack = (text, Kind) => new Kind(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  const times = unpack(data.times, Float32Array); // true seconds since the first frame
  const xy = unpack(data.xy, Int16Array); // quarter pixels
  const labels = data.labels.map((label) => ({ ...label, deg: unpack(label.deg, Int16Array) }));
  const frames = times.length;
  const interval = frames > 1 ? (times[frames - 1] - times[0]) / (frames - 1) : 0.04;
  const length = times[frames - 1] + interval;

  // The frame that is shown at a time: the last one that began, with a little grace for clocks that round.
  const frameAt = (time) => {
    let low = 0, high = frames - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (times[middle] <= time + interval * 0.02) low = middle; else high = middle - 1;
    }
    return low;
  };
  // The middle of a frame: at its edge a browser may show the one before.
  const frameMiddle = (frame) => times[frame] + 0.5 * ((frame + 1 < frames ? times[frame + 1] : length) - times[frame]);
  // Long recordings have their skeletons thinned.
  const drawnFrame = (time) => Math.floor(frameAt(time) / data.every);
  const degrees = (tenths) => tenths === MISSING ? "–" : `${Math.round(tenths / 10)}°`.replace("-", "−");

  const point = (frame, index) => {
    const at = (frame * data.points + index) * 2;
    return xy[at] === MISSING ? null : [xy[at] / 4, xy[at + 1] / 4];
  };
  const colours = { left: "#35a7ef", right: "#ff7a1c", middle: "#eef1f4", both: "#eef1f4" };
  const draw = (time, layers) => {
    const width = canvas.clientWidth, height = canvas.clientHeight, ratio = devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
    const pen = canvas.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    if (!data.overlay) return;
    const [left, top, wide, high] = data.size;
    const scale = Math.min(width / wide, height / high) * ratio;
    pen.setTransform(scale, 0, 0, scale, (canvas.width - wide * scale) / 2 - left * scale, (canvas.height - high * scale) / 2 - top * scale);
    const frame = drawnFrame(time);
    if (layers.skeleton) drawLimbs(pen, frame, high);
    if (layers.angles) drawAngles(pen, frame, high);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (layers.contacts) drawContacts(pen, width, height, time);
  };
  const drawLimbs = (pen, frame, high) => {
    pen.lineWidth = high / 260;
    pen.lineCap = "round";
    for (const [a, b, side] of data.limbs) {
      const from = point(frame, a), to = point(frame, b);
      if (!from || !to) continue;
      pen.strokeStyle = colours[side];
      pen.beginPath(); pen.moveTo(...from); pen.lineTo(...to); pen.stroke();
    }
  };
  const drawAngles = (pen, frame, high) => {
    const size = high / 44;
    pen.font = `600 ${size}px system-ui, sans-serif`;
    pen.lineJoin = "round";
    pen.lineWidth = size / 4;
    for (const label of labels) {
      const at = point(frame, label.at);
      if (!at || label.deg[frame] === MISSING) continue;
      const text = degrees(label.deg[frame]);
      // Left labels stand left of their joint and right ones right of it, so that they part where legs cross.
      const x = label.side === "left" ? at[0] - size * 0.7 - pen.measureText(text).width : at[0] + size * 0.7;
      pen.strokeStyle = "rgba(0,0,0,.7)"; pen.strokeText(text, x, at[1] + size * 0.35);
      pen.fillStyle = colours[label.side]; pen.fillText(text, x, at[1] + size * 0.35);
    }
  };
  const drawContacts = (pen, width, height, time) => {
    const row = 9, gap = 4, span = 2;
    const top = height - 2 * (row + gap) - gap;
    pen.fillStyle = "rgba(0,0,0,.55)"; pen.fillRect(0, top, width, height - top);
    for (const [side, start, end, accepted] of data.contacts) {
      const from = ((start - time) / span + 0.5) * width, to = ((end - time) / span + 0.5) * width;
      if (to < 0 || from > width) continue;
      pen.globalAlpha = accepted ? 1 : 0.4;
      pen.fillStyle = colours[side];
      pen.fillRect(from, top + gap + (side === "left" ? 0 : row + gap), to - from, row);
    }
    pen.globalAlpha = 1;
    pen.fillStyle = "#fff"; pen.fillRect(width / 2 - 0.5, top, 1, height - top);
  };
  return { times, labels, frames, interval, length, frameAt, frameMiddle, drawnFrame, degrees, draw };
};
