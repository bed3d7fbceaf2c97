/// <reference lib="dom" />
/** Draws the charts of a page, which it describes in `#charts`. */

import UPlot from "uplot/dist/uPlot.esm.js";
import { drawCharts } from "../../lab/document/html/charts.js";
import { histograms } from "./charts/histograms.ts";

const data = document.getElementById("charts")?.textContent;
if (data) drawCharts(UPlot, JSON.parse(data), { histogram: histograms });
