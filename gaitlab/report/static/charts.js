// The charts: drawn in the theme's colours, with a cursor that follows the player and clicks that lead it.
"use strict";
(() => {
  const config = { displayModeBar: false, responsive: true, showTips: false };
  const player = gaitlab.player;
  const strides = { left: [], right: [] }; // [start, end] of each stride, seconds since the first frame
  for (const side of ["left", "right"]) {
    const starts = (player ? player.contacts : []).filter((c) => c[0] === side).map((c) => c[1]);
    for (let i = 0; i + 1 < starts.length; i++) strides[side].push([starts[i], starts[i + 1]]);
  }
  const strideAt = (side, time) => strides[side].find(([start, end]) => start <= time && time < end);

  const draw = (plot, figure) => {
    const layout = gaitlab.coloured(figure.layout);
    layout.separators = gaitlab.point === "," ? ",." : ".,";
    // Zooming by dragging needs a mouse: under a finger the page must scroll.
    if (figure.kind === "time" && matchMedia("(pointer: fine)").matches) layout.dragmode = "zoom";
    return Plotly.react(plot, gaitlab.coloured(figure.data), layout, config);
  };
  // A view box lets the style sheet shrink a drawn chart to the width of the paper.
  const fitPaper = (plot) => {
    const { width, height } = plot._fullLayout;
    plot.style.setProperty("--drawn", `${width} / ${height}`);
    plot.querySelectorAll("svg.main-svg").forEach((svg) => svg.setAttribute("viewBox", `0 0 ${width} ${height}`));
  };
  const place = (plot, cursor, x) => {
    const axis = plot._fullLayout && plot._fullLayout.xaxis;
    const inside = axis && x !== null && x >= Math.min(...axis.range) && x <= Math.max(...axis.range);
    cursor.hidden = !inside;
    if (!inside) return;
    const { t, h } = plot._fullLayout._size;
    Object.assign(cursor.style, { left: `${axis._offset + axis.d2p(x)}px`, top: `${t}px`, height: `${h}px` });
  };
  const addCursor = (plot, side) => {
    const cursor = document.createElement("div");
    cursor.className = `cursor ${side}`;
    cursor.hidden = true;
    plot.append(cursor);
    return cursor;
  };
  const follow = (plot, figure) => {
    if (figure.kind === "time") {
      const cursor = addCursor(plot, "both");
      return (time) => place(plot, cursor, time + player.start);
    }
    if (figure.kind === "phase") {
      const cursor = addCursor(plot, "both");
      return () => place(plot, cursor, player.percent());
    }
    const cursors = { left: addCursor(plot, "left"), right: addCursor(plot, "right") };
    return (time) => {
      for (const side of ["left", "right"]) {
        const stride = strideAt(side, time);
        place(plot, cursors[side], stride ? 100 * (time - stride[0]) / (stride[1] - stride[0]) : null);
      }
    };
  };
  // A click is a press that does not move; a drag zooms. While the button is down plotly covers the page to follow the
  // drag, so the release is heard by the window.
  const lead = (plot, figure) => {
    plot.addEventListener("pointerdown", (press) => {
      addEventListener("pointerup", (release) => {
        if (Math.hypot(release.clientX - press.clientX, release.clientY - press.clientY) <= 4) clicked(plot, figure, release.clientX);
      }, { capture: true, once: true });
    }, true);
  };
  const clicked = (plot, figure, clientX) => {
    const axis = plot._fullLayout.xaxis;
    const x = axis.p2d(clientX - plot.getBoundingClientRect().left - axis._offset);
    if (x < axis.range[0] || x > axis.range[1]) return;
    player.reveal();
    if (figure.kind === "time") { player.seek(x - player.start); return; }
    if (figure.kind === "phase") { player.seekPercent(x); return; }
    // A place in the cycle is found in the stride that is shown now.
    const now = player.now();
    const stride = strideAt("left", now) || strideAt("right", now) || strides.left[0] || strides.right[0];
    if (stride) player.seek(stride[0] + x / 100 * (stride[1] - stride[0]));
  };

  const charts = [...document.querySelectorAll("[data-chart]")].map((source) => ({
    plot: document.getElementById(source.dataset.chart), figure: JSON.parse(source.textContent),
  }));
  const connect = ({ plot, figure }) => {
    fitPaper(plot);
    plot.on("plotly_afterplot", () => fitPaper(plot));
    if (!player || !["time", "cycle", "phase"].includes(figure.kind)) return;
    const update = follow(plot, figure);
    player.onTime(update);
    plot.on("plotly_afterplot", () => update(player.now()));
    lead(plot, figure);
  };
  const waiting = [...charts];
  const drawNext = () => {
    const chart = waiting.shift();
    if (!chart) return false;
    draw(chart.plot, chart.figure).then(() => connect(chart));
    return true;
  };
  // Plotly is packed in the page. It is unpacked once the page can be read, and run as the script the policy knows.
  const loadPlotly = async () => {
    const packed = Uint8Array.from(atob(document.getElementById("plotly").textContent), (c) => c.charCodeAt(0));
    const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(unpacked).text();
    document.head.append(script);
  };
  // One chart at a time when there is nothing else to do; all of them at once for paper.
  const whenIdle = window.requestIdleCallback || ((task) => setTimeout(task, 30));
  const drawOn = () => { if (drawNext()) whenIdle(drawOn, { timeout: 300 }); else document.body.dataset.charts = "drawn"; };
  const drawRest = () => { while (window.Plotly && drawNext()); };
  addEventListener("beforeprint", drawRest);
  // Other runners behind the curves, on and off.
  const norms = document.getElementById("norms");
  if (norms) norms.addEventListener("change", () => charts.forEach((chart) => {
    const theirs = chart.figure.data.filter((trace) => trace.meta === "norm");
    theirs.forEach((trace) => { trace.visible = norms.checked; });
    if (theirs.length && !waiting.includes(chart)) draw(chart.plot, chart.figure);
  }));
  gaitlab.onTheme(() => charts.filter((chart) => !waiting.includes(chart)).forEach(({ plot, figure }) => draw(plot, figure)));
  if (charts.length) requestAnimationFrame(() => setTimeout(() => loadPlotly().then(drawOn), 0));
  else document.body.dataset.charts = "drawn";
})();
