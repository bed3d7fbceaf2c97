import { chromium } from "playwright-core";
const [html, out, width="1280", scheme="light", sel, print] = Deno.args;
const b = await chromium.launch({ executablePath: "/usr/bin/chromium", args:["--no-sandbox"] });
const c = await b.newContext({ offline: true, viewport:{width:Number(width),height:900}, colorScheme: scheme as "light" });
const p = await c.newPage();
p.on("console", m=>console.log("console", m.type(), m.text())); p.on("pageerror", e=>console.log("pageerror", e));
await p.goto("file://"+html);
if (print) { await p.setViewportSize({width:720,height:1000}); await p.emulateMedia({media:"print",colorScheme:"dark"}); await p.waitForTimeout(500); if (sel) await p.evaluate((s: string)=>document.querySelector(s)!.scrollIntoView(), sel); await p.screenshot({path:out!}); await p.pdf({path: out!+".pdf", format:"A4"}); }
else {
if (sel) { await p.locator(sel).first().scrollIntoViewIfNeeded(); await p.evaluate((s: string)=>document.querySelector(s)!.scrollIntoView(), sel); await p.screenshot({path: out!}); }
else await p.screenshot({path: out!});
}
console.log(await p.evaluate(()=>[document.documentElement.scrollWidth, document.documentElement.clientWidth, document.documentElement.scrollHeight]));
await b.close();
