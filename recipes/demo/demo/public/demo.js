"use strict";
const $ = (selector, from = document) => from.querySelector(selector);
let language = localStorage.getItem("language");
let words = WORDS[language] || WORDS.en;
let state = null;
let took = 0;
let socket = null;
const events = [];

class Refused extends Error {
	constructor(part, message) { super(message); this.part = part; }
}

async function call(method, url, body) {
	const form = body instanceof FormData;
	let answer;
	try {
		answer = await fetch(url, {
			method, body: body && !form ? JSON.stringify(body) : body,
			headers: body && !form ? { "Content-Type": "application/json" } : {},
		});
	} catch { throw new Refused("web", ""); }
	const data = await answer.json().catch(() => null);
	if (answer.ok && data) return data;
	throw new Refused(data ? data.error : "web", data ? data.message : "");
}

function warn(error) {
	const alert = $("#alert");
	alert.hidden = !error;
	if (!error) return;
	const text = words.alerts[error.part] || words.alerts.web;
	alert.textContent = error.part === "request" ? `${text}: ${error.message}` : text;
}

let next = null;
async function refresh() {
	clearTimeout(next);
	const start = performance.now();
	try {
		state = await call("GET", "/api/state");
		took = Math.round(performance.now() - start);
		if (!language && WORDS[state.language]) speak(state.language);
		if (["database", "web"].includes($("#alert").dataset.part)) warn(null);
		draw();
	} catch (error) {
		$("#alert").dataset.part = error.part;
		warn(error);
		for (const part of ["web", "database"]) if (part === error.part) lamp(part, "down", words.down);
	}
	next = setTimeout(refresh, $("#alert").hidden ? 10000 : 2000);
}

function speak(code) {
	language = code;
	words = WORDS[code];
	document.documentElement.lang = code;
	for (const [key, put] of [["t", (e, w) => { e.textContent = w; }], ["p", (e, w) => { e.placeholder = w; e.ariaLabel = w; }], ["l", (e, w) => { e.ariaLabel = w; }]])
		for (const element of document.querySelectorAll(`[data-${key}]`)) put(element, words[element.dataset[key]]);
	$("#language").textContent = words.other;
	$("#language").lang = code === "fr" ? "en" : "fr";
	if (state) draw();
}

const clock = (at) => new Date(at).toLocaleTimeString(language, { timeZone: state.time_zone || undefined });

function ago(at) {
	const seconds = Math.min(-1, Math.round((new Date(at) - Date.now()) / 1000));
	const format = new Intl.RelativeTimeFormat(language, { style: "short" });
	return seconds > -90 ? format.format(seconds, "second") : format.format(Math.round(seconds / 60), "minute");
}

function lamp(part, mood, text) {
	const tile = $(`[data-part=${part}]`);
	tile.dataset.mood = mood;
	$("span", tile).textContent = text;
}

function blink(part) {
	const tile = $(`[data-part=${part}]`);
	tile.classList.remove("blink");
	void tile.offsetWidth; // starts the animation anew
	tile.classList.add("blink");
}

function list(id, items, none) {
	const lines = items.map((parts) => {
		const line = document.createElement("li");
		line.append(...parts.filter(Boolean).map(([tag, text, more]) => Object.assign(document.createElement(tag), { textContent: text }, more)));
		return line;
	});
	if (!lines.length) lines.push(Object.assign(document.createElement("li"), { textContent: none, className: "none" }));
	$(id).replaceChildren(...lines);
}

function draw() {
	$("#site").textContent = document.title = state.site;
	$("#version").textContent = state.version;
	$("#log").textContent = state.user ? words.logout : words.login;
	document.body.classList.toggle("logged-in", Boolean(state.user));
	drawParts();
	list("#notes", state.notes.map((note) => [
		["time", clock(note.at)], ["span", note.text],
		state.user && ["button", "×", { className: "quiet", title: words.remove, ariaLabel: words.remove, onclick: () => act(call("DELETE", `/api/notes/${note.id}`)) }],
	]), words.noNotes);
	list("#jobs", state.jobs.map((job) => [
		["time", clock(job.asked)], ["span", job.result ? words.result(job.result) : job.id.slice(0, 6)], ["em", `${job.queue} · ${words[job.state]}`, { className: job.state }],
	]), words.noJobs);
	list("#files", state.files.map((name) => [["a", name, { href: `/private/files/${encodeURIComponent(name)}` }]]), state.user ? words.noFiles : words.filesClosed);
	drawEvents();
}

function drawParts() {
	const { cache, queue, tick, database } = state;
	lamp("web", "up", words.webOk(took));
	lamp("database", "up", `${database.server} · ${database.name}`);
	lamp("cache", cache ? "up" : "down", cache ? words.cacheOk(cache.views) : words.down);
	lamp("queue", queue ? "up" : "down", queue ? words.queueOk(Object.values(queue.queues).reduce((a, b) => a + b)) : words.down);
	lamp("workers", queue && queue.workers ? "up" : "down", queue ? (queue.workers ? words.workersOk(queue.workers) : words.noWorkers) : words.down);
	const late = !tick || Date.now() - new Date(tick.at) > 60000;
	lamp("scheduler", late ? "wait" : "up", tick ? words.tickOk(tick.value, ago(tick.at)) : words.noTick);
	const live = socket && socket.connected;
	lamp("live", live ? "up" : "wait", live ? words.liveOk : words.liveDown);
}

function drawEvents() {
	list("#events", events.map(({ at, event, data }) => {
		const say = words.event[event];
		return [["time", clock(at)], ["span", typeof say === "function" ? say(data) : say]];
	}), words.noEvents);
}

async function act(doing) {
	try { await doing; warn(null); } catch (error) { $("#alert").dataset.part = ""; warn(error); }
	refresh();
}

function listen() {
	if (!window.io) return;
	socket = io({ transports: ["websocket", "polling"], reconnectionDelayMax: 3000 });
	const redraw = () => state && drawParts();
	socket.on("connect", () => { redraw(); refresh(); });
	socket.on("disconnect", redraw);
	// a refusal by the server (the web was away) is not retried by the client itself
	socket.on("connect_error", () => { redraw(); if (!socket.active) setTimeout(() => socket.connect(), 2000); });
	socket.onAny((event, data) => {
		events.unshift({ at: Date.now(), event, data });
		events.splice(8);
		for (const part of { tick: ["scheduler", "workers"], job: ["workers"], note: ["database"] }[event] || []) blink(part);
		blink("live");
		refresh();
	});
}

function submit(id, doing) {
	$(id).addEventListener("submit", (event) => {
		event.preventDefault();
		const form = event.target;
		doing(Object.fromEntries(new FormData(form)), form);
	});
}

submit("#note", async (fields, form) => { await act(call("POST", "/api/notes", fields)); if ($("#alert").hidden) form.reset(); });
submit("#job", (fields) => act(call("POST", "/api/jobs", fields)));
submit("#file", async (fields, form) => { await act(call("POST", "/api/files", new FormData(form))); form.reset(); });
submit("#login form", async (fields, form) => {
	try {
		await call("POST", "/api/method/login", fields);
		form.reset();
		$("#login").close();
		socket && socket.disconnect().connect(); // to hear private events too
	} catch { $(".wrong", form).hidden = false; }
	refresh();
});
$("#log").onclick = async () => {
	if (!state || !state.user) { $("#login .wrong").hidden = true; $("#login").showModal(); return; }
	await act(call("POST", "/api/method/logout"));
	socket && socket.disconnect().connect();
};
$("#cancel").onclick = () => $("#login").close();
$("#language").onclick = () => { speak(language === "fr" ? "en" : "fr"); localStorage.setItem("language", language); };

const asked = new URLSearchParams(location.search).get("lang") || localStorage.getItem("language");
language = null;
if (WORDS[asked]) speak(asked); else { speak(navigator.language.startsWith("fr") ? "fr" : "en"); language = null; }
listen();
refresh();
setInterval(() => state && drawParts(), 1000);
