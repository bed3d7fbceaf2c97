import { crossArchitecture, ReportPlace } from "./tests/report_place.ts";
const dir="/tmp/work/rp/store"; try { Deno.removeSync(dir,{recursive:true}); } catch {} 
Deno.mkdirSync(dir,{recursive:true});
import { formatRun } from "./lab/run_schema.ts";
for (const r of crossArchitecture()) { Deno.mkdirSync(`${dir}/${r.id}`); Deno.writeTextFileSync(`${dir}/${r.id}/run.json`, formatRun(r)); }
