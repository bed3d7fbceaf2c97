/// <reference lib="dom" />

/** SQL over the trace of the page, in `<section id="sql" data-key=KEY>`. */

import { needed } from "./dom/elements.ts";
import { SqlConsole } from "./sql_console/console.ts";

new SqlConsole(needed("#sql")).mount();
