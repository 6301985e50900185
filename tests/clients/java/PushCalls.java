/* SPDX-License-Identifier: Apache-2.0 */
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/**
 * The calls on HttpURLConnection that the Java clients' push gateways make, with bodies as their writers
 * lay them out: old = simpleclient 0.16, text and proto = prometheus-metrics 1.x. Run by ./capture.
 */
public class PushCalls {
	static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
	static final String PROTOBUF =
		"application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

	static String component(String name, String value, boolean emptyAsBase64) throws IOException {
		if (emptyAsBase64 && value.isEmpty())
			return name + "@base64/=";
		if (value.contains("/")) {
			byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
			String encoded = Base64.getEncoder().encodeToString(bytes);
			return name + "@base64/" + encoded.replace("+", "-").replace("/", "_");
		}
		return name + "/" + URLEncoder.encode(value, "UTF-8");
	}

	static void call(String base, String method, String job, Map<String, String> grouping, String type,
			String authorization, byte[] body) throws IOException {
		StringBuilder url = new StringBuilder(base + "/metrics/" + component("job", job, false));
		for (Map.Entry<String, String> label : grouping.entrySet())
			url.append("/").append(component(label.getKey(), label.getValue(), true));
		HttpURLConnection connection = (HttpURLConnection) URI.create(url.toString()).toURL().openConnection();
		if (authorization != null)
			connection.setRequestProperty("Authorization", authorization);
		connection.setRequestProperty("Content-Type", type);
		if (!method.equals("DELETE"))
			connection.setDoOutput(true);
		connection.setRequestMethod(method);
		connection.connect();
		if (!method.equals("DELETE")) {
			connection.getOutputStream().write(body);
			connection.getOutputStream().close();
		}
		connection.getResponseCode();
		connection.disconnect();
	}

	/* simpleclient 0.16 ends a label set in a comma, writes values as Double.toString and adds _created. */
	static byte[] oldBody() {
		return String.join("\n",
			"# HELP java_events_total Events \\\\ seen.",
			"# TYPE java_events_total counter",
			"java_events_total{kind=\"a\\\"b\\\\c\",} 3.0",
			"# HELP java_gauge Odd values.",
			"# TYPE java_gauge gauge",
			"java_gauge{value=\"nan\",} NaN",
			"java_gauge{value=\"inf\",} -Inf",
			"java_gauge{value=\"big\",} 1.2345678905E9",
			"# HELP java_seconds Steps.",
			"# TYPE java_seconds histogram",
			"java_seconds_bucket{step=\"load\",le=\"0.1\",} 1.0",
			"java_seconds_bucket{step=\"load\",le=\"1.0\",} 1.0",
			"java_seconds_bucket{step=\"load\",le=\"+Inf\",} 2.0",
			"java_seconds_count{step=\"load\",} 2.0",
			"java_seconds_sum{step=\"load\",} 5.05",
			"# HELP java_size Sizes.",
			"# TYPE java_size summary",
			"java_size{quantile=\"0.5\",} 2.0",
			"java_size_count 2.0",
			"java_size_sum 4.0",
			"# HELP java_events_created Events \\\\ seen.",
			"# TYPE java_events_created gauge",
			"java_events_created{kind=\"a\\\"b\\\\c\",} 1.700000000123E9",
			"").getBytes(StandardCharsets.UTF_8);
	}

	static byte[] textBody() {
		return String.join("\n",
			"# HELP java_events_total Events seen.",
			"# TYPE java_events_total counter",
			"java_events_total{kind=\"ä\"} 3.0",
			"# HELP java_seconds Steps.",
			"# TYPE java_seconds histogram",
			"java_seconds_bucket{le=\"0.1\"} 1",
			"java_seconds_bucket{le=\"+Inf\"} 2",
			"java_seconds_count 2",
			"java_seconds_sum 5.05",
			"").getBytes(StandardCharsets.UTF_8);
	}

	static void field(ByteArrayOutputStream out, int number, byte[] bytes) throws IOException {
		out.write(number << 3 | 2);
		out.write(bytes.length);
		out.write(bytes);
	}

	/* One counter family of one metric: every length here is under 128, a single byte as a varint. */
	static byte[] protobufBody() throws IOException {
		ByteArrayOutputStream label = new ByteArrayOutputStream();
		field(label, 1, "kind".getBytes(StandardCharsets.UTF_8));
		field(label, 2, "ä".getBytes(StandardCharsets.UTF_8));
		ByteArrayOutputStream counter = new ByteArrayOutputStream();
		counter.write(1 << 3 | 1);
		long bits = Double.doubleToLongBits(3.0);
		for (int i = 0; i < 8; i++)
			counter.write((int) (bits >>> 8 * i));
		ByteArrayOutputStream metric = new ByteArrayOutputStream();
		field(metric, 1, label.toByteArray());
		field(metric, 3, counter.toByteArray());
		ByteArrayOutputStream family = new ByteArrayOutputStream();
		field(family, 1, "java_events_total".getBytes(StandardCharsets.UTF_8));
		field(family, 2, "Events seen.".getBytes(StandardCharsets.UTF_8));
		family.write(3 << 3);
		family.write(0);
		field(family, 4, metric.toByteArray());
		ByteArrayOutputStream delimited = new ByteArrayOutputStream();
		delimited.write(family.size());
		delimited.write(family.toByteArray());
		return delimited.toByteArray();
	}

	public static void main(String[] args) throws IOException {
		Map<String, String> none = Map.of();
		Map<String, String> odd = new TreeMap<>(Map.of("dc", "", "path", "/var/tmp", "town", "Zürich x"));
		String basic = "Basic " + Base64.getEncoder().encodeToString("user:pass".getBytes());
		String base = args[0];
		switch (args[1]) {
		case "old_push" -> call(base, "PUT", "my_batch_job", none, TEXT, null, oldBody());
		case "old_push_add" -> call(base, "POST", "my_batch_job", none, TEXT, null, textBody());
		case "old_push_odd" -> call(base, "PUT", "a/job?", odd, TEXT, null, oldBody());
		case "old_delete_odd" -> call(base, "DELETE", "a/job?", odd, TEXT, null, null);
		case "text_push" -> call(base, "PUT", "my_batch_job", none, TEXT, basic, textBody());
		case "proto_push" -> call(base, "PUT", "my_batch_job", odd, PROTOBUF, null, protobufBody());
		case "proto_push_add" -> call(base, "POST", "my_batch_job", none, PROTOBUF, null, protobufBody());
		case "proto_delete" -> call(base, "DELETE", "my_batch_job", odd, PROTOBUF, null, null);
		default -> throw new IllegalArgumentException(args[1]);
		}
	}
}
