// SPDX-License-Identifier: Apache-2.0
// A group's labels in the forms that people need: badges, paths, selectors, commands.

const legacyName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const plainSegment = /^[A-Za-z0-9_~:.-]+$/;

function base64url(text) {
	const bytes = new TextEncoder().encode(text);
	let binary = "";
	for (const byte of bytes) binary += String.fromCharCode(byte);
	return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// `job` first, then the others by name, as the page has always shown them.
function labelsInOrder(labels) {
	const names = Object.keys(labels).filter((name) => name !== "job").sort();
	return (labels.job === undefined ? names : ["job", ...names]).map((name) => [name, labels[name]]);
}

function segment(name, value) {
	if (plainSegment.test(value) && value !== "." && value !== "..") return `${encodeURIComponent(name)}/${value}`;
	return `${encodeURIComponent(name)}@base64/${base64url(value)}${value === "" ? "=" : ""}`;
}

// The path of a push, behind `metrics/`; also the group's name in this page's own URL.
const groupPath = (labels) => labelsInOrder(labels).map(([name, value]) => segment(name, value)).join("/");

const quoted = (text) => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
const shownName = (name) => (legacyName.test(name) ? name : quoted(name));
const matcher = (name, value, operator = "=") => `${shownName(name)}${operator}${quoted(value)}`;
const selector = (labels) => `{${labelsInOrder(labels).map(([name, value]) => matcher(name, value)).join(",")}}`;

// How a person is told which group is meant.
const groupText = (labels) => `{${labelsInOrder(labels).map(([name, value]) => `${name}="${value}"`).join(", ")}}`;

function metricSelector(metric, labels) {
	if (/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(metric)) return `${metric}${selector(labels)}`;
	return `{${quoted(metric)},${selector(labels).slice(1)}`;
}

// Without a name and password that the page's own URL may have: requests must not have them, nor what is copied.
const root = () => new URL(".", location.origin + location.pathname).href;
const shellQuoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
const groupUrl = (labels) => `${root()}metrics/${groupPath(labels)}`;

function pushCommand(labels, metric) {
	const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(metric ?? "") ? metric : "my_metric";
	return `echo "${name} 42" | curl --fail-with-body --data-binary @- ${shellQuoted(groupUrl(labels))}`;
}

const deleteCommand = (labels) => `curl --fail-with-body -X DELETE ${shellQuoted(groupUrl(labels))}`;

function alertExpression(labels) {
	const pushed = metricSelector("push_time_seconds", labels), failed = metricSelector("push_failure_time_seconds", labels);
	return `time() - ${pushed} > ${HOUR}\nor\n${failed} > ${pushed}`;
}

const labelClass = (name) => (name === "job" || name === "instance" ? `label ${name}` : "label");
const BADGE_CHARACTERS_MAX = 160;

const badgeText = (name, value) => `${shownName(name)}="${value}"`;
const shortened = (text) => (text.length <= BADGE_CHARACTERS_MAX ? text : `${text.slice(0, BADGE_CHARACTERS_MAX)}…`);

const badge = (name, value) => make("span", { class: labelClass(name), title: shortened(badgeText(name, value)) === badgeText(name, value)
	? null : badgeText(name, value) }, shortened(badgeText(name, value)));

// A badge that narrows the list to what has this label, too.
const filterBadge = (name, value) => button(shortened(badgeText(name, value)), (event) => {
	event.stopPropagation();
	narrow(name, value);
}, { class: labelClass(name), title: `Only groups with ${badgeText(name, value)}` });
