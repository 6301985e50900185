// SPDX-License-Identifier: Apache-2.0
// Histograms and summaries as bars, with the numbers beside them.

const PLOT_WIDTH = 400, PLOT_HEIGHT = 96, AXIS = 16;

// The API's numbers are texts, so that none is lost; here a double is enough.
const numberOf = (text) => (text === "+Inf" ? Infinity : text === "-Inf" ? -Infinity : Number(text));
const short = (n) => (Number.isFinite(n) ? String(Number(n.toPrecision(3))) : n > 0 ? "+Inf" : n < 0 ? "-Inf" : "NaN");

// Digits without an exponent, as far as a person can still count the zeros.
function plain(text) {
	const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
	if (parts === null || Math.abs(Number(parts[4])) > 20) return text;
	const [, sign, first, rest = "", power] = parts, digits = first + rest, exponent = Number(power);
	if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
	if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, "0");
	return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

// `bars`: [{count, title, from, to}]; a drawing that says in words what it shows.
function barPlot(bars, words) {
	const most = Math.max(...bars.map((bar) => bar.count).filter(Number.isFinite), 0);
	const step = PLOT_WIDTH / bars.length, gap = Math.min(2, step / 5);
	const plot = draw("svg", { viewBox: `0 0 ${PLOT_WIDTH} ${PLOT_HEIGHT + AXIS}`, role: "img", "aria-label": words });
	bars.forEach((bar, i) => {
		const size = most > 0 && bar.count > 0 ? Math.max(1.5, (bar.count / most) * (PLOT_HEIGHT - 14)) : 0;
		plot.append(draw("rect", { x: i * step + gap / 2, width: Math.max(step - gap, .5), y: PLOT_HEIGHT - size,
			height: size, rx: Math.min(2, step / 4) }, draw("title", {}, bar.title)));
		if (step >= 34 && bar.count > 0)
			plot.append(draw("text", { x: (i + .5) * step, y: PLOT_HEIGHT - size - 4, "text-anchor": "middle" }, short(bar.count)));
	});
	plot.append(draw("line", { x1: 0, x2: PLOT_WIDTH, y1: PLOT_HEIGHT, y2: PLOT_HEIGHT }));
	const widest = Math.max(...bars.map((bar) => bar.axis.length)) * 5.4 + 8;
	const every = Math.max(1, Math.ceil(widest / step));
	bars.forEach((bar, i) => {
		if (i % every === 0)
			plot.append(draw("text", { x: (i + .5) * step, y: PLOT_HEIGHT + 12, "text-anchor": "middle" }, bar.axis));
	});
	return plot;
}

const pointRow = (name, value, total = false) =>
	make("tr", { class: total && "total" }, make("th", { scope: "row" }, name), make("td", {}, plain(value)));

const points = (rows) => make("div", { class: "points", tabindex: "0", role: "group", "aria-label": "Numbers" },
	make("table", {}, make("tbody", {}, rows)));

const totals = (metric) => {
	const mean = numberOf(metric.sum) / numberOf(metric.count);
	return [pointRow("Count", metric.count, true), pointRow("Sum", metric.sum),
		Number.isFinite(mean) && pointRow("Mean", short(mean))];
};

// Where in its bucket a quantile lies, as histogram_quantile has it.
function quantileOf(bars, q) {
	const total = bars.reduce((sum, bar) => sum + bar.count, 0);
	let rank = q * total;
	if (!(total > 0)) return NaN;
	for (const bar of bars) {
		if (rank <= bar.count && bar.count > 0) {
			if (!Number.isFinite(bar.to)) return bar.from;
			const from = Number.isFinite(bar.from) ? bar.from : Math.min(0, bar.to);
			return from + (bar.to - from) * (rank / bar.count);
		}
		rank -= bar.count;
	}
	return NaN;
}

function quantileRows(bars) {
	return [.5, .9, .99].map((q) => [q, quantileOf(bars, q)]).filter(([, value]) => Number.isFinite(value))
		.map(([q, value]) => pointRow(`≈ p${q * 100}`, short(value)));
}

function classicBars(buckets) {
	const bounds = Object.entries(buckets).map(([text, n]) => ({ text, bound: numberOf(text), total: numberOf(n), shown: n }))
		.sort((a, b) => a.bound - b.bound);
	return bounds.map(({ text, bound, total, shown }, i) => {
		const before = i === 0 ? { text: "-Inf", bound: -Infinity, total: 0 } : bounds[i - 1];
		const own = total - before.total;
		return { count: own, from: before.bound, to: bound, axis: short(bound), shown, text: plain(text),
			title: `${own} ${i === 0 ? `up to ${plain(text)}` : `above ${plain(before.text)}, up to ${plain(text)}`}` };
	});
}

function nativeBars(buckets) {
	const open = ["(", "[", "(", "["], close = ["]", ")", ")", "]"];
	return buckets.map(([boundaries, lower, upper, n]) => ({
		count: numberOf(n), from: numberOf(lower), to: numberOf(upper), axis: short(numberOf(upper)), shown: n,
		text: `${open[boundaries]}${lower}, ${upper}${close[boundaries]}`,
		title: `${n} in ${open[boundaries]}${lower}, ${upper}${close[boundaries]}` }));
}

function histogram(metric) {
	const native = Array.isArray(metric.buckets);
	const bars = native ? nativeBars(metric.buckets) : classicBars(metric.buckets ?? {});
	// A histogram without its last bucket has samples that are in none.
	const rest = native || bars.length === 0 ? 0 : numberOf(metric.count) - numberOf(bars.at(-1).shown);
	if (rest > 0 && bars.at(-1).to !== Infinity)
		bars.push({ count: rest, from: bars.at(-1).to, to: Infinity, axis: "+Inf", text: "+Inf", shown: metric.count,
			title: `${rest} above ${bars.at(-1).text}` });
	const words = bars.length === 0 ? `Histogram of ${metric.count} samples without buckets`
		: `Histogram of ${metric.count} samples: ${bars.filter((bar) => bar.count > 0).slice(0, 12).map((bar) => bar.title).join("; ")}`;
	const kind = native ? "Native histogram" : "≤ bucket, cumulative";
	return [bars.length > 0 ? barPlot(bars, words) : make("p", { class: "none-own" }, "No buckets"),
		points([bars.length > 0 && pointRow(kind, "count"), bars.map((bar) => pointRow(native ? bar.text : `≤ ${bar.text}`, bar.shown)),
			totals(metric), quantileRows(bars)].flat().filter(Boolean))];
}

function summary(metric) {
	const quantiles = Object.entries(metric.quantiles ?? {}).sort((a, b) => numberOf(a[0]) - numberOf(b[0]));
	const bars = quantiles.map(([q, value]) => ({ count: numberOf(value), axis: q, title: `Quantile ${plain(q)}: ${plain(value)}` }));
	const words = `Summary of ${metric.count} samples: ${bars.map((bar) => bar.title).join("; ")}`;
	return [bars.length > 0 ? barPlot(bars, words) : make("p", { class: "none-own" }, "No quantiles"),
		points([quantiles.map(([q, value]) => pointRow(`Quantile ${plain(q)}`, value)), totals(metric)].flat().filter(Boolean))];
}
