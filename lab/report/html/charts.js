// Draws the charts of a report. It is inlined, and reads what it draws from the page.
// @ts-nocheck -- it runs in browsers, whose types this project does not load

(function () {
  "use strict";

  const LINE_COLORS = 8;
  const PRINT_WIDTH = 660;
  const UNITS = [["s", 1e9], ["ms", 1e6], ["µs", 1e3], ["ns", 1]];
  const charts = JSON.parse(document.getElementById("charts").textContent);
  const drawn = new Map();
  let printing = false;

  function color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  }

  /** Nanoseconds with three digits in the unit that suits them. */
  function time(ns) {
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

  /** Whole powers of ten around all that is drawn. */
  function timeRange(chart) {
    const all = chart.series.flatMap((line) => line.ns).filter((ns) => ns !== null);
    if (all.length === 0) return [1, 10];
    const low = 10 ** Math.floor(Math.log10(Math.min(...all)));
    const high = 10 ** Math.ceil(Math.log10(Math.max(...all)));
    return [low, high > low ? high : low * 10];
  }

  /** The number of each line at its end, moved apart where lines end together. */
  function numbers(plot, chart) {
    const context = plot.ctx;
    const size = 11 * devicePixelRatio;
    const ends = chart.series.map((line, number) => {
      const last = line.ns.findLastIndex((ns) => ns !== null);
      return last < 0 ? null : {
        number: number + 1,
        color: color(`line${line.color % LINE_COLORS}`),
        x: plot.valToPos(chart.at[last], "x", true),
        y: plot.valToPos(line.ns[last], "y", true),
      };
    }).filter((end) => end !== null).sort((left, right) => left.y - right.y);
    let free = -Infinity;
    context.save();
    context.font = `600 ${size}px system-ui, sans-serif`;
    context.textAlign = "left";
    context.textBaseline = "middle";
    for (const end of ends) {
      const y = Math.max(end.y, free);
      free = y + size;
      context.fillStyle = end.color;
      context.fillText(String(end.number), end.x + 7 * devicePixelRatio, y);
    }
    context.restore();
  }

  function axisOf(label, size, values) {
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

  function readout(plot, chart, place) {
    const at = plot.cursor.idx;
    if (at === null || at === undefined || plot.cursor.left < 0) return;
    const known = chart.series.flatMap((line, number) =>
      line.ns[at] === null ? [] : [`${number + 1} ${time(line.ns[at])}`]
    );
    place.textContent = `${percentile(chart.at[at])}: ${known.join(" · ")}`;
  }

  function draw(place) {
    drawn.get(place)?.destroy();
    const chart = charts[Number(place.dataset.chart)];
    const width = printing ? PRINT_WIDTH : Math.floor(place.clientWidth);
    if (width === 0) return;
    const options = {
      width,
      height: Math.round(Math.max(260, Math.min(380, width * 0.6))),
      padding: [8, 26, 0, 0],
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { size: 5 } },
      scales: {
        x: { time: false, distr: 3, log: 10, range: [1, chart.at.at(-1)] },
        y: { distr: 3, log: 10, range: timeRange(chart) },
      },
      axes: [
        axisOf("percentile of operations", 44, percentile),
        axisOf("time of one operation", 62, time),
      ],
      series: [{}].concat(chart.series.map((line) => ({
        label: line.name,
        stroke: color(`line${line.color % LINE_COLORS}`),
        width: 2,
        dash: line.dashed ? [7, 4] : undefined,
        points: { show: false },
        spanGaps: false,
      }))),
      hooks: {
        draw: [(plot) => numbers(plot, chart)],
        setCursor: [(plot) => readout(plot, chart, place.nextElementSibling)],
      },
    };
    const data = [chart.at].concat(chart.series.map((line) => line.ns));
    drawn.set(place, new uPlot(options, data, place));
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
})();
