// Loaded before a bundler: source maps are off unless the recipe wants them. With them esbuild's names change at every build,
// because paths of temporary files are in them.
"use strict";
const Module = require("module");
const load = Module._load;
const keep = process.env.MKBENCH_SOURCE_MAPS === "yes";

function quiet(options) {
	return keep || !options ? options : { ...options, sourcemap: false };
}

Module._load = function (request, ...rest) {
	const found = load.call(this, request, ...rest);
	if (keep || request !== "esbuild" || !found || !found.build) return found;
	return new Proxy(found, {
		get(target, name) {
			const value = target[name];
			if (name !== "build" && name !== "buildSync" && name !== "context") return value;
			return (options, ...more) => value.call(target, quiet(options), ...more);
		},
	});
};
