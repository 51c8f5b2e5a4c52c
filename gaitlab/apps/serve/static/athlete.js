// The season: one chart for every headline number, in the colours of the report.
import { ask } from "/static/common.js";

const config = { displayModeBar: false, responsive: true, showTips: false };
const charts = [];
for (const place of document.querySelectorAll("[data-trend]")) {
  try { show(place, await ask(place.dataset.trend)); } catch (error) { place.textContent = error.message; }
}
document.body.dataset.charts = "drawn";

function show(place, { charts: found, reason }) {
  const before = charts.length;
  place.replaceChildren();
  if (reason) {
    const words = document.createElement("p");
    words.className = "quiet";
    words.textContent = reason;
    place.append(words);
  }
  for (const chart of found) {
    const [figure, caption, plot, verdict] = ["figure", "figcaption", "div", "p"].map((name) => document.createElement(name));
    figure.className = "chart";
    caption.append(chart.title);
    for (const [colour, text] of chart.legend) {
      const chip = document.createElement("span");
      chip.className = `chip ${colour}`;
      chip.textContent = text;
      caption.append(" ", chip);
    }
    plot.className = "plot season";
    plot.setAttribute("role", "img");
    plot.setAttribute("aria-label", `${chart.alt} ${chart.verdict}`);
    verdict.className = "quiet";
    verdict.textContent = chart.verdict;
    figure.append(caption, plot, verdict);
    place.append(figure);
    charts.push([plot, chart.figure]);
  }
  // Only now: one that stood alone in its row would be drawn as wide as that.
  for (const [plot, figure] of charts.slice(before)) draw(plot, figure);
}
function draw(plot, figure) { return Plotly.react(plot, gaitlab.coloured(figure.data), gaitlab.coloured(figure.layout), config); }
gaitlab.onTheme(() => charts.forEach(([plot, figure]) => draw(plot, figure)));
