// Loaded before a bundler. Source maps are off unless the recipe wants them: with them esbuild's names change at every build,
// because paths of temporary files are in them. A stylesheet in Sass is compiled once for all that is made of it, and without
// callbacks where that makes the same, because then the compiler is faster.
"use strict";
const Module = require("module");
const load = Module._load;
const keep = process.env.MKBENCH_SOURCE_MAPS === "yes";

function quiet(options) {
	return keep || !options ? options : { ...options, sourcemap: false };
}

function quiet_bundler(found) {
	return new Proxy(found, {
		get(target, name) {
			const value = target[name];
			if (name !== "build" && name !== "buildSync" && name !== "context") return value;
			return (options, ...more) => value.call(target, quiet(options), ...more);
		},
	});
}

// remembered(METHOD): the same, which makes what it has made before of equal words no second time. A function is equal to itself alone.
function remembered(method, functions, made) {
	const word = (_, value) => {
		if (typeof value !== "function") return value;
		if (!functions.includes(value)) functions.push(value);
		return { function: functions.indexOf(value) };
	};
	return function (...words) {
		let key;
		try {
			key = JSON.stringify(words, word);
		} catch {
			return method.apply(this, words);
		}
		if (!made.has(key)) made.set(key, method.apply(this, words));
		return { ...made.get(key) };
	};
}

// Whether nothing that the compiler calls answers by a callback of its own.
function answers_at_once(options) {
	return options && options.file && !options.functions && [].concat(options.importer || []).every((one) => one.length < 3);
}

function quick_sass(found) {
	const own = Object.getOwnPropertyDescriptors(found);
	const set = (name, value) => { own[name] = { value, enumerable: true, configurable: true, writable: true }; };
	if (found.compile) set("compile", remembered(found.compile, [], new Map()));
	if (!found.render || !found.renderSync) return Object.create(Object.getPrototypeOf(found), own);
	const at_once = remembered(found.renderSync, [], new Map());
	set("render", function (options, answer) {
		let result;
		try {
			result = answers_at_once(options) && at_once.call(this, options);
		} catch {} // its own way says what is wrong, and lets an importer answer later that looked as if it did not
		if (!result) return found.render(options, answer);
		setImmediate(answer, null, { ...result, css: Buffer.from(result.css) });
	});
	return Object.create(Object.getPrototypeOf(found), own);
}

const ways = new Map([
	["esbuild", (found) => (keep || !found.build ? found : quiet_bundler(found))],
	["sass", (found) => (found.render || found.compile ? quick_sass(found) : found)],
]);
const given = new Map();

Module._load = function (request, ...rest) {
	const found = load.call(this, request, ...rest);
	if (!found || !ways.has(request)) return found;
	if (!given.has(found)) given.set(found, ways.get(request)(found));
	return given.get(found);
};
