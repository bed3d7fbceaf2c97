/// <reference lib="dom" />

/** SQL over the trace of the page, in `<section id="sql" data-key=KEY>`. */

import { SqlConsole } from "./sql_console/console.ts";

const section = document.querySelector<HTMLElement>("#sql")!;
new SqlConsole(section.dataset["key"]!).mount(section);
