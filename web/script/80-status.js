// SPDX-License-Identifier: Apache-2.0
// The state of the gateway in a few words, above the tables of build and flags that were served.

function card(title, ...children) {
	return make("section", { class: "card" }, make("h2", {}, title), children);
}

const factRows = (rows) => make("table", { class: "facts" }, make("tbody", {}, rows.map(([name, value]) =>
	make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, value)))));

function meter(value, most) {
	const part = most > 0 ? Math.min(1, value / most) * 100 : 0;
	return draw("svg", { class: "meter", viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" },
		draw("rect", { width: part, height: 6 }));
}

function persistence(flags) {
	const file = flags["persistence.file"] ?? "";
	if (file === "") return "In memory only: a restart forgets what was pushed. --persistence.file keeps it.";
	return `What was pushed is kept in ${file}.`;
}

const limitName = /(^|[.-])max-|timeout|grace|ttl/;

async function drawState() {
	const [status, groups] = await Promise.all([ask("api/v1/status"), askGroups(new URLSearchParams({ limit: "1", freshness: "true" }))]);
	const { flags, build_information: build, start_time: start } = status;
	const started = Date.parse(start) / 1000, most = Number(flags["store.max-groups"] ?? 0);
	const limits = Object.entries(flags).filter(([name]) => limitName.test(name));
	byId("state").replaceChildren(
		card("Gateway", factRows([["Version", build.version], ["Started", moment(started)], ["Up for", durationText(now() - started)],
			["Admin API", flags["web.enable-admin-api"] === "true" ? "enabled" : "not enabled (--web.enable-admin-api)"]])),
		card("Stored", factRows([["Groups", most > 0 ? `${count(groups.stored)} of at most ${count(most)}` : count(groups.stored)],
			["Last push failed", count(groups.freshness.failed)]]), meter(groups.stored, most)),
		card("Persistence", make("p", {}, persistence(flags)), factRows(Object.entries(flags).filter(([name, value]) =>
			name.startsWith("persistence.") && value !== ""))),
		card("Limits", factRows(limits)));
	byId("state").lastChild.classList.add("wide");
}

async function showStatus() {
	try {
		await drawState();
	} catch (error) {
		byId("state").replaceChildren(make("p", { role: "alert" }, `The state could not be read: ${error.message}`));
	}
}
