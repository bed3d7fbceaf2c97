import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type References, renderMarkdown } from "./markdown.ts";

const NOWHERE: References = { link: () => null, picture: () => null };

Deno.test("Markdown brings no HTML of its own", () => {
  const hostile = [
    "# A <b>title</b>",
    "<script>alert(1)</script>",
    'text <img src="x" onerror="alert(1)"> and <!-- a comment -->',
    "## Part <i>one</i>",
    '`<code>` and ![<b>"](x.png)',
    "```html\n<iframe></iframe>\n```",
    "| <u> | b |\n| --- | --- |\n| <s> | d |",
  ].join("\n\n");
  const { html } = renderMarkdown(hostile, NOWHERE);
  assert(!/<(?:script|b|i|img|u|s|iframe|!--)\b/.test(html), html);
  assertStringIncludes(html, "&lt;script&gt;alert(1)&lt;/script&gt;");
  assertStringIncludes(html, "<code>&lt;iframe&gt;&lt;/iframe&gt;\n</code>");
});

Deno.test("links lead where the references say, and nowhere else", () => {
  const references: References = {
    ...NOWHERE,
    link: (href) => href.startsWith("good") ? `/here/${href}` : null,
  };
  const text = 'A [good one](good.md), [another](javascript:alert(1)) and [`code`](x.md "title").';
  assertEquals(
    renderMarkdown(text, references).html,
    '<p>A <a href="/here/good.md">good one</a>, another and <code>code</code>.</p>\n',
  );
});

Deno.test("headings are links to themselves, by the names that code hosts give them", () => {
  const { title, headings, html } = renderMarkdown(
    "# Title\n\n## What `none` & others: mean?\n\n## Again\n\n### Again\n\n## Über_den Rand-stein",
    NOWHERE,
  );
  assertEquals(title, "Title");
  assertEquals(headings, [
    { text: "What none & others: mean?", slug: "what-none--others-mean", depth: 2 },
    { text: "Again", slug: "again", depth: 2 },
    { text: "Again", slug: "again-1", depth: 3 },
    { text: "Über_den Rand-stein", slug: "über_den-rand-stein", depth: 2 },
  ]);
  assertStringIncludes(html, '<h3 id="again-1"><a class="anchor" href="#again-1">Again</a></h3>');
  assert(!html.includes("<h1"), html);
});
