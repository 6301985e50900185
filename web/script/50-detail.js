// SPDX-License-Identifier: Apache-2.0
// A group opened: its families with their values.

const SERIES_AT_FIRST = 50, SERIES_MORE = 500, OPEN_FAMILIES_MAX = 40;
const ownFamilies = ["push_time_seconds", "push_failure_time_seconds"];

// What a value means to a person, where the name says its unit.
function meaning(name, text) {
	const value = numberOf(text);
	if (!Number.isFinite(value) || value === 0) return "";
	if (/(_time|_timestamp|_created)(_seconds)?$|_unixtime$/.test(name) && value > 1e9 && value < 4e9) return moment(value) + ` (${ageText(value)})`;
	if (/_bytes(_total)?$/.test(name) && Math.abs(value) >= 1024) return bytesText(value);
	if (/_seconds(_total)?$/.test(name) && value >= MINUTE) return durationText(value);
	return "";
}

function ownBadges(labels, group) {
	const own = Object.entries(labels).filter(([name, value]) => group[name] !== value && !(name === "instance" && value === ""));
	if (own.length === 0) return make("span", { class: "none-own" }, "no further labels");
	return make("span", { class: "badges" }, own.map(([name, value]) => badge(name, value)));
}

// The API gives gauge histograms as a value of 0, as the original's does; 0 is not what was pushed.
function gaugeHistogramRow(metric, group) {
	return make("tr", {}, make("td", {}, ownBadges(metric.labels, group)),
		make("td", { class: "value none-own" }, "see /metrics"));
}

function valueRow(name, metric, group) {
	const means = meaning(name, metric.value);
	return make("tr", {}, make("td", {}, ownBadges(metric.labels, group)),
		make("td", { class: "value" }, plain(metric.value), means !== "" && " ", means !== "" && make("span", { class: "meaning" }, means)));
}

function plotOf(metric, group) {
	const bars = metric.quantiles === undefined ? histogram(metric) : summary(metric);
	return make("div", { class: "plot" }, make("div", { class: "badges" }, ownBadges(metric.labels, group)), bars);
}

// Appends the metrics to `to`, the first ones now and the others when asked.
function appendMetrics(to, family, name, group, from, n) {
	const metrics = family.metrics.slice(from, from + n);
	if (metrics.some((metric) => metric.value === undefined)) {
		to.append(...metrics.map((metric) => plotOf(metric, group)));
	} else {
		const table = to.querySelector("tbody") ?? to.appendChild(make("table", {},
			make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Labels"), make("th", { scope: "col", class: "value" }, "Value"))),
			make("tbody"))).querySelector("tbody");
		table.append(...metrics.map((metric) => (family.type === "GAUGE_HISTOGRAM" ? gaugeHistogramRow(metric, group)
			: valueRow(name, metric, group))));
	}
	const left = family.metrics.length - from - metrics.length;
	if (left > 0) {
		const more = button(`Show ${count(Math.min(left, SERIES_MORE))} more of ${count(left)}`, () => {
			more.remove();
			appendMetrics(to, family, name, group, from + n, SERIES_MORE);
		}, { class: "more" });
		to.append(more);
	}
}

function familyNode(name, family, labels, open) {
	const body = make("div", { class: "body" });
	const show = () => body.childElementCount === 0 && appendMetrics(body, family, name, labels, 0, SERIES_AT_FIRST);
	const node = make("details", { class: ownFamilies.includes(name) ? "family own" : "family", open, "data-family": name },
		make("summary", {},
			make("span", { class: "name" }, shownName(name)), make("span", { class: "type" }, family.type),
			make("span", { class: "help" }, family.help ?? ""),
			make("span", { class: "pushed" }, `${counted(family.metrics.length, "series", "series")}, last pushed: `,
				age(Date.parse(family.time_stamp) / 1000))),
		body);
	if (open) show();
	node.addEventListener("toggle", () => node.open && show());
	return node;
}

const familiesOf = (data) => Object.entries(data).filter(([name]) => name !== "labels" && name !== "last_push_successful")
	.sort(([a], [b]) => ownFamilies.includes(a) - ownFamilies.includes(b) || (a < b ? -1 : 1));

function toolsFor(labels, families) {
	const metric = families.map(([name]) => name).find((name) => !ownFamilies.includes(name));
	return make("div", { class: "tools", role: "group", "aria-label": "Copy" },
		copier(() => pushCommand(labels, metric), "curl command of a push", "Copy curl"),
		copier(() => selector(labels), "PromQL selector", "Copy PromQL"),
		copier(() => alertExpression(labels), "alert expression", "Copy alert"),
		copier(() => deleteCommand(labels), "curl command of the deletion", "Copy curl -X DELETE"),
		copier(() => location.origin + location.pathname + location.search, "link to this view", "Copy link"));
}

// Fills `cell` with the group; families that the reader closed stay closed.
async function showDetail(cell, group) {
	let data;
	try {
		data = await askGroup(group.path);
	} catch (error) {
		cell.replaceChildren(make("p", { class: "wait", role: "alert" },
			error.status === 404 ? "This group was deleted meanwhile." : `The group could not be read: ${error.message}`));
		return;
	}
	const closed = new Set([...cell.querySelectorAll("details:not([open])")].map((node) => node.dataset.family));
	const families = familiesOf(data);
	cell.replaceChildren(toolsFor(group.labels, families), ...families.map(([name, family], i) =>
		familyNode(name, family, group.labels, i < OPEN_FAMILIES_MAX && !closed.has(name))));
	if (families.length === 0) cell.append(make("p", { class: "wait" }, "No metrics."));
}
