// @ts-self-types="./charts.d.ts"
// Draws charts over logarithmic axes. Reports inline this module, the server's pages import it.
// @ts-nocheck -- it runs in browsers, whose types this project does not load

const LINE_COLORS = 8;
const PRINT_WIDTH = 660;
const UNITS = [["s", 1e9], ["ms", 1e6], ["µs", 1e3], ["ns", 1]];

/** A colour of the theme. */
export function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** The colour of a line by its number. */
export function lineColor(number) {
  return color(`line${number % LINE_COLORS}`);
}

/** Nanoseconds with three digits in the unit that suits them. */
export function time(ns) {
  const unit = UNITS.find((one) => ns >= one[1]) || UNITS[3];
  return `${Number((ns / unit[1]).toPrecision(3))} ${unit[0]}`;
}

/** 1000 on the axis is the percentile p99.9. */
function percentile(at) {
  return `p${Number((100 * (1 - 1 / at)).toPrecision(7))}`;
}

function decades(low, high) {
  const all = [];
  for (let power = Math.ceil(Math.log10(low) - 1e-9); 10 ** power <= high * 1.0001; power++) {
    all.push(10 ** power);
  }
  return all;
}

/** Whole powers of ten around some values. */
export function decadesAround(values) {
  const all = values.filter((value) => value !== null);
  if (all.length === 0) return [1, 10];
  const low = 10 ** Math.floor(Math.log10(Math.min(...all)));
  const high = 10 ** Math.ceil(Math.log10(Math.max(...all)));
  return [low, high > low ? high : low * 10];
}

/** A logarithmic axis with one line for each power of ten. */
export function axisOf(label, size, values) {
  return {
    label,
    labelSize: 20,
    size,
    stroke: color("ink"),
    grid: { stroke: color("rule"), width: 1 },
    ticks: { stroke: color("rule"), width: 1 },
    splits: (_plot, _axis, low, high) => decades(low, high),
    filter: (_plot, splits) => splits,
    values: (_plot, splits) => splits.map(values),
  };
}

/** The number of each line at its mark, moved apart where marks meet. */
function numberLines(plot, marks) {
  const context = plot.ctx;
  const size = 11 * devicePixelRatio;
  let free = -Infinity;
  context.save();
  context.font = `600 ${size}px system-ui, sans-serif`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  const places = marks.map((mark) => ({
    ...mark,
    left: plot.valToPos(mark.x, "x", true),
    top: plot.valToPos(mark.y, "y", true),
  }));
  for (const { number, color, left, top } of places.sort((one, other) => one.top - other.top)) {
    const y = Math.max(top, free);
    free = y + size;
    context.fillStyle = color;
    context.fillText(String(number), left + 7 * devicePixelRatio, y);
  }
  context.restore();
}

/** How curves of latency over percentiles are drawn. */
function curves(chart) {
  return {
    x: [1, chart.at.at(-1)],
    y: decadesAround(chart.series.flatMap((line) => line.ns)),
    axes: [
      axisOf("percentile of operations", 44, percentile),
      axisOf("time of one operation", 62, time),
    ],
    line: {},
    data: [chart.at].concat(chart.series.map((line) => line.ns)),
    markAt: (line) => line.findLastIndex((value) => value !== null),
    said: (at) =>
      `${percentile(chart.at[at])}: ` +
      chart.series.flatMap((line, number) =>
        line.ns[at] === null ? [] : [`${number + 1} ${time(line.ns[at])}`]
      ).join(" · "),
  };
}

/**
 * Draws charts into the page's `.plot` elements, and again when size, colours or paper change.
 *
 * @param UPlot The class of uPlot.
 * @param charts By what `data-chart` of the elements says.
 * @param kinds How charts of other kinds than curves are drawn, by `chart.kind`.
 */
export function drawCharts(UPlot, charts, kinds = {}) {
  const drawn = new Map();
  let printing = false;

  function draw(place) {
    drawn.get(place)?.destroy();
    const chart = charts[place.dataset.chart];
    const width = printing ? PRINT_WIDTH : Math.floor(place.clientWidth);
    if (width === 0) return;
    const { x, y, axes, line, data, said, markAt } = (kinds[chart.kind] ?? curves)(chart, UPlot);
    const marks = chart.series.flatMap(({ color }, number) => {
      const at = markAt(data[number + 1]);
      const mark = { x: data[0][at], y: data[number + 1][at] };
      return at < 0 ? [] : [{ number: number + 1, color: lineColor(color), ...mark }];
    });
    const readout = place.nextElementSibling;
    const options = {
      width,
      height: Math.round(Math.max(260, Math.min(380, width * 0.6))),
      padding: [8, 26, 0, 0],
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { size: 5 } },
      scales: {
        x: { time: false, distr: 3, log: 10, range: x },
        y: { distr: 3, log: 10, range: y },
      },
      axes,
      series: [{}].concat(chart.series.map(({ name, color, dashed }) => ({
        label: name,
        stroke: lineColor(color),
        width: 2,
        dash: dashed ? [7, 4] : undefined,
        points: { show: false },
        spanGaps: false,
        ...line,
      }))),
      hooks: {
        draw: [(plot) => numberLines(plot, marks)],
        setCursor: [({ cursor: { idx, left } }) => {
          if (idx !== null && idx !== undefined && left >= 0) readout.textContent = said(idx);
        }],
      },
    };
    drawn.set(place, new UPlot(options, data, place));
  }

  const places = Array.from(document.querySelectorAll(".plot"));
  const drawAll = () => places.forEach(draw);

  drawAll();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  for (const details of document.querySelectorAll("details")) {
    details.addEventListener("toggle", () => details.querySelectorAll(".plot").forEach(draw));
  }

  let waiting = 0;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(drawAll, 150);
  });

  // On paper everything is unfolded and drawn in the colours of paper
  const folded = [];
  function forPaper(begin) {
    if (printing === begin) return;
    printing = begin;
    if (begin) {
      for (const details of document.querySelectorAll("details:not([open])")) {
        details.open = true;
        folded.push(details);
      }
    } else {
      for (const details of folded.splice(0)) details.open = false;
    }
    drawAll();
  }
  addEventListener("beforeprint", () => forPaper(true));
  addEventListener("afterprint", () => forPaper(false));
  matchMedia("print").addEventListener("change", (event) => forPaper(event.matches));
}
