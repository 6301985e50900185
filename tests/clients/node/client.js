/* SPDX-License-Identifier: Apache-2.0 */
// client.js URL ACTION -- one call of prom-client's Pushgateway; prints the status of its answer, or
// the message that it rejects with.
'use strict';

const { Counter, Gauge, Histogram, Pushgateway, Registry, Summary } = require('prom-client');

const [, , address, action] = process.argv;

function registryFill() {
	const registers = [new Registry()];
	new Counter({ name: 'node_events_total', help: 'Events\nseen.', labelNames: ['kind'], registers }).inc(
		{ kind: 'a"b\\c' }, 3);
	const gauge = new Gauge({ name: 'node_gauge', help: 'Odd values.', labelNames: ['value'], registers });
	gauge.set({ value: 'nan' }, NaN);
	gauge.set({ value: 'inf' }, Infinity);
	gauge.set({ value: 'tiny' }, 1e-9);
	const histogram = new Histogram({
		name: 'node_seconds', help: 'Steps.', labelNames: ['step'], buckets: [0.1, 1], registers });
	histogram.observe({ step: 'load' }, 0.05);
	histogram.observe({ step: 'load' }, 5);
	new Summary({ name: 'node_size', help: 'Sizes.', percentiles: [0.5], registers }).observe(2);
	return registers[0];
}

function registryAdd() {
	const registers = [new Registry()];
	new Gauge({ name: 'node_added', help: 'Added later.', registers }).set(7);
	return registers[0];
}

const groupings = { instance: 'host 1', zone: 'Zürich', plus: 'a+b' };
const gzip = { headers: { 'Content-Encoding': 'gzip' } };
const actions = {
	push: () => new Pushgateway(address, {}, registryFill()).push({ jobName: 'node job', groupings }),
	push_gzip: () => new Pushgateway(address, gzip, registryFill()).push({ jobName: 'node job', groupings }),
	push_add: () => new Pushgateway(address, {}, registryAdd()).pushAdd({ jobName: 'node job', groupings }),
	delete: () => new Pushgateway(address, {}, registryAdd()).delete({ jobName: 'node job', groupings }),
	slash: () => new Pushgateway(address, {}, registryAdd()).push({ jobName: 'x', groupings: { path: 'a/b' } }),
	empty: () => new Pushgateway(address, {}, registryAdd()).push({ jobName: 'x', groupings: { dc: '', z: '1' } }),
};

actions[action]().then(
	({ resp }) => console.log(resp.statusCode),
	(error) => console.log(error.message.trim()));
