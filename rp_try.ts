import { readRuns, type UnreadRun } from "./lab/report/gather.ts";
import { HostCollector } from "./lab/report/host_view.ts";
import { composeReport } from "./lab/report/compose.ts";
import { renderHtml } from "./lab/report/html/render_html.ts";
const t=performance.now();
const c=new HostCollector(); const unread: UnreadRun[]=[];
const [out, ...refs]=Deno.args;
for (const r of readRuns("/tmp/work/runs1", refs)) { if ("results" in r) c.add(r); else unread.push(r); }
const doc=composeReport({hosts:c.views(),unread,madeAt:new Date(),version:"0.1.0"});
const html=renderHtml(doc); Deno.writeTextFileSync(out!,html);
console.log(html.length, performance.now()-t);
