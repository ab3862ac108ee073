// page.js HTML LANGUAGE PROGRESS: what a page that waits for a site says when the bench answers PROGRESS (JSON): title, heading,
// text and a line a step. A browser in miniature: only what that page's script uses.
"use strict";
const { readFileSync } = require("fs");
const [html, language, progress] = process.argv.slice(2);
const script = readFileSync(html, "utf8").match(/<script>([^]*)<\/script>/)[1];

class Element {
	rows = [];
	textContent = "";
	append(...parts) { this.textContent = parts.map((part) => part.textContent ?? part).join(" ").trim(); }
	replaceChildren(...rows) { this.rows = rows; }
	remove() {}
}
const elements = {};
const document = {
	title: "",
	documentElement: {},
	getElementById: (id) => (elements[id] ??= new Element()),
	createElement: () => new Element(),
};
const fetch = async (url) => ({ status: 503, ok: true, json: async () => JSON.parse(progress) });
const location = { href: "/", replace() {} };

const print = () => console.log([document.title, elements.title.textContent, elements.text.textContent,
	...elements.steps.rows.map((row) => `${row.className}: ${row.textContent}`)].join("\n"));
new Function("document", "navigator", "fetch", "location", "setTimeout", script)(document, { language }, fetch, location, print);
