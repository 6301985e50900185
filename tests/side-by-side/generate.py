# SPDX-License-Identifier: Apache-2.0
"""Cases for both gateways, drawn from a seeded source: mostly nearly right, where readers disagree."""

import gzip
import struct

from pair import Case, Request

BASE = "--web.enable-admin-api"
UTF8 = BASE + " --push.enable-utf8-names"
UNCHECKED = BASE + " --push.disable-consistency-check"

PROTOBUF = b"application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding="
ESCAPINGS = [b"allow-utf-8", b"underscores", b"dots", b"values"]

NAMES = "m m m n s h s_sum s_count h_bucket h_sum h_count m_count n:x _u g m_total x_created".split()
ODD_NAMES = [
    '"m"', '"m.x"', '"é"', '"a b"', "1m", "m.x", "mé", '"m\\"q"', '""', '"m', "m-n", ":", '"m\\n"',
    "push_time_seconds",
]
TYPES = [
    "counter", "gauge", "summary", "untyped", "histogram", "gaugehistogram", "gauge_histogram", "GAUGE",
    "Counter",
]
ODD_TYPES = ["unknown", "info", "gauge ", "", "ga\\uge", "histogram x"]
VALUES = "1 2 0 -1 3.5 1e6 NaN +Inf -Inf 0.0001 123456789 1e-7 2 3 4 5".split()
ODD_VALUES = (
    "-0 1e309 5e-324 4.9e-324 0x1p4 0x10 1_0 .5 5. . 1.e3 e3 +NaN -NaN infinity +INFINITY iNf 1d 1f 00012 1,5 "
    "1.7976931348623157e308 1.7976931348623159e308 18446744073709551615 18446744073709551616 9007199254740993 "
    "0.1e-400 -1e400 1e 1e+ --1 +1 1E5 99999.95 999999.5 1e21 0.00009999999 123456.789012345678 1.5e-45 "
    "8.41e21 2.2250738585072011e-308 1e-320 9223372036854775807 -5e-324 1p3 \u0661 nan(1) 0b1 0o7 '1' 1\r"
).split(" ")
LABELS = "a b c instance job le quantile".split()
ODD_LABELS = [
    '"a"', '"a.b"', '"é"', "__x", "__name__", "1a", "a:b", '""', "é", '"a\\"', "", '"a b"', "_", "__", "A",
]
LABEL_VALUES = ["", "x", "y", "1", "0.5", "+Inf", "NaN", "ü", "a b", "{}", "#", ",", "=", "1e3", "0.9", "1.0"]
ODD_LABEL_VALUES = [
    "\\\\", '\\"', "\\n", "\\t", "\x00", "\\", "\u2028", "<&>", "\x7f", "\u200b", "\U0001f600", "\r",
    "x\ny", "\udcff",
]


def encoded(text):
    return text.encode("utf-8", "surrogateescape")


def pick(r, usual, odd, chance):
    return r.choice(odd) if r.random() < chance else r.choice(usual)


def number_text(r, odd):
    x = r.random()
    if x < 0.1:
        return repr(struct.unpack("<d", r.randbytes(8))[0])
    if x < 0.15:
        return "".join(r.choice("0123456789") for _ in range(r.randint(1, 30))) + r.choice(
            ["", ".5", "e5", "e-12", ".0", "E+3"]
        )
    if x < 0.2:
        return f"{r.random() * 10 ** r.randint(-8, 9):.{r.randint(1, 20)}g}"
    return pick(r, VALUES, ODD_VALUES, odd)


def label_set(r, odd, extra=None):
    pairs = []
    for _ in range(r.choice([0, 0, 1, 1, 2, 3])):
        name = pick(r, LABELS, ODD_LABELS, odd)
        value = (
            number_text(r, odd)
            if name in ("le", "quantile") and r.random() < 0.8
            else pick(r, LABEL_VALUES, ODD_LABEL_VALUES, odd)
        )
        blank = r.choice(["", "", "", " ", "\t"])
        pairs.append(f'{name}{blank}={r.choice(["", " "]) if blank else ""}"{value}"{blank}')
    if extra:
        pairs.insert(r.randint(0, len(pairs)), extra)
    if not pairs and r.random() < 0.7:
        return ""
    return "{" + ",".join(pairs) + r.choice(["", "", "", ",", ", "]) + "}"


def sample_line(r, name, odd):
    value = number_text(r, odd)
    if r.random() < odd / 4:
        value += r.choice([" 123", " ", " 1.5", " 1 2", "\t-5", " +7", " 9999999999999999999", " #", "  "])
    if r.random() < odd / 2:
        return label_set(r, odd, r.choice([name, '"' + name.strip('"') + '"'])) + r.choice(["", " "]) + value
    return (
        r.choice(["", "", "", " ", "\t"])
        + name
        + r.choice(["", "", " "])
        + label_set(r, odd)
        + r.choice([" ", " ", "\t", "  "])
        + value
    )


def family_lines(r, odd):
    name = pick(r, NAMES, ODD_NAMES, odd)
    kind = pick(r, TYPES, ODD_TYPES, odd)
    lines = []
    if r.random() < 0.4:
        text = r.choice(["help", "a \\\\ b", "x\\ny", "", "  two ", 'q"q', "ü", "other"])
        if r.random() < odd:
            text += r.choice(["\\t", "\\", "\udcff", "\r", "\x00", '\\"'])
        lines.append(f"# HELP {name} {text}")
    if r.random() < 0.6:
        lines.append(f"# TYPE {name} {kind}")
    for _ in range(r.choice([0, 1, 1, 2, 3, 5])):
        suffix = ""
        if kind.lower() in ("summary", "histogram", "gaugehistogram") and r.random() < 0.6:
            suffix = r.choice(["_sum", "_count", "_bucket", "_bucket", ""])
        lines.append(sample_line(r, name + suffix if '"' not in name else name, odd))
    if suffix_chance(r) and kind.lower() in ("histogram", "summary"):
        lines += whole_family(r, name, kind.lower())
    if r.random() < odd:
        r.shuffle(lines)
    if r.random() < odd:
        lines.insert(
            r.randint(0, len(lines)),
            r.choice(
                [
                    "", "#", "# EOF", "# UNIT m s", "#HELP m x", "#TYPE m gauge", "  ", "# HELP",
                    "# TYPE m", "# TYPE  ", "\r", "# help m x", '# HELP "m.x" y', "\t# TYPE m counter",
                ]
            ),
        )
    return lines


def suffix_chance(r):
    return r.random() < 0.5


def whole_family(r, name, kind):
    label = 'a="%s"' % r.choice("xyz")
    if kind == "histogram":
        lines = [
            f'{name}_bucket{{{label},le="{b}"}} {r.randint(0, 9)}'
            for b in r.sample(["1", "2.5", "+Inf", "0.1", "1e6"], r.randint(1, 4))
        ]
    else:
        lines = [
            f'{name}{{{label},quantile="{b}"}} {r.randint(0, 9)}'
            for b in r.sample(["0.5", "0.9", "1", "0.99"], r.randint(1, 3))
        ]
    return lines + [
        f"{name}_sum{{{label}}} 4.5",
        f"{name}_count{{{label}}} {r.choice(['4', '4.5', '-1', '1e20'])}",
    ]


def mutated(r, data):
    data = bytearray(data)
    for _ in range(r.choice([1, 1, 2, 3])):
        at = r.randint(0, len(data))
        what = r.random()
        if what < 0.3:
            data[at:at] = r.choice(
                [
                    b'"', b"{", b"}", b"\\", b"\n", b" ", b"#", b"=", b",", b"\r\n", b"\xff", b"\x00",
                    b"\xc3", b"1", b"_", b"\t", b"'", b"-",
                ]
            )
        elif what < 0.6:
            del data[at : at + r.choice([1, 1, 1, 2, 5, 20])]
        elif what < 0.8 and data:
            data[at % len(data)] = r.randrange(256) if r.random() < 0.5 else ord(r.choice('"{}\\\n #=,a_0.'))
        elif what < 0.9:
            del data[at:]
        else:
            end = min(len(data), at + r.randint(1, 40))
            data[at:at] = data[at:end]
    return bytes(data)


def text_body(r, odd=0.1):
    lines = []
    for _ in range(r.choice([1, 1, 1, 2, 3])):
        lines += family_lines(r, odd)
    body = encoded("\n".join(lines) + "\n")
    if r.random() < odd:
        body = r.choice(
            [body[:-1], body.replace(b"\n", b"\r\n"), body + b" ", body + b"\n\n", b"\xef\xbb\xbf" + body]
        )
    if r.random() < 2 * odd:
        body = mutated(r, body)
    return body


# ---- protobuf ----


def vint(n):
    n &= (1 << 64) - 1
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def zigzag(n):
    return vint(n << 1 if n >= 0 else (-n << 1) - 1)


def field(number, kind, data):
    return vint(number << 3 | kind) + (vint(len(data)) + data if kind == 2 else data)


def double(number, value):
    return field(number, 1, struct.pack("<d", value))


def some_double(r):
    if r.random() < 0.05:
        return struct.unpack("<d", r.randbytes(8))[0]
    return r.choice([0.0, 1.0, 2.5, -1.0, float("nan"), float("inf"), -0.0, 1e300, 1e6, 0.1, 3.0])


def labels_bytes(r, odd):
    out = b""
    for name in r.sample(["a", "b", "instance", "job", "zz"], r.choice([0, 0, 1, 1, 2])):
        if r.random() < odd:
            name = r.choice(["", "__x", "a.b", "é", "\udcff", "le", "quantile", "a"])
        value = pick(r, ["x", "y", "", "ü"], ["\udcff", "\x00", "\n", "<>"], odd)
        parts = [field(1, 2, encoded(name)), field(2, 2, encoded(value))]
        if r.random() < odd / 2:
            r.shuffle(parts)
        out += field(1, 2, b"".join(parts))
    return out


def spans(r, number, count):
    out = b""
    buckets = 0
    for i in range(count):
        length = r.randint(1, 3)
        buckets += length
        out += field(
            number,
            2,
            field(1, 0, zigzag(r.randint(-3, 5) if i == 0 else r.randint(0, 4))) + field(2, 0, vint(length)),
        )
    return out, buckets


def native_fields(r, odd):
    out = (
        field(5, 0, zigzag(r.randint(-4, 8)))
        + double(6, r.choice([0.0, 1e-128, 0.5]))
        + field(7, 0, vint(r.randint(0, 3)))
    )
    for span, delta in ((9, 10), (12, 13)):
        if r.random() < 0.6:
            head, buckets = spans(r, span, r.randint(1, 2))
            if r.random() < odd:
                buckets += r.choice([-1, 1])
            values = [zigzag(r.randint(-1, 3)) for _ in range(buckets)]
            if r.random() < 0.5:
                out += head + field(delta, 2, b"".join(values))
            else:
                out += head + b"".join(field(delta, 0, v) for v in values)
    return out


def timestamp(r):
    return field(1, 0, vint(r.randint(0, 10**9))) + field(2, 0, vint(r.randint(0, 10**9)))


def exemplar(r):
    return (
        field(1, 2, field(1, 2, b"id") + field(2, 2, b"7"))
        + double(2, 1.5)
        + (field(3, 2, timestamp(r)) if r.random() < 0.5 else b"")
    )


def value_bytes(r, kind, odd):
    if kind in (0, 1, 3):
        inner = double(1, some_double(r)) if r.random() < 0.95 else b""
        if kind == 0 and r.random() < 0.2:
            inner += field(2, 2, exemplar(r))
        if kind == 0 and r.random() < 0.2:
            inner += field(3, 2, timestamp(r))
        return field({0: 3, 1: 2, 3: 5}[kind], 2, inner)
    inner = field(1, 0, vint(r.choice([0, 1, 5, 2**40, 2**64 - 1]))) if r.random() < 0.8 else b""
    inner += double(2, some_double(r)) if r.random() < 0.8 else b""
    if kind == 2:
        for _ in range(r.randint(0, 3)):
            inner += field(
                3, 2, double(1, r.choice([0.5, 0.9, 1.0, float("nan")])) + double(2, some_double(r))
            )
        if r.random() < 0.2:
            inner += field(4, 2, timestamp(r))
        return field(4, 2, inner)
    if r.random() < 0.1:
        inner += double(4, some_double(r))
    for _ in range(r.randint(0, 4)):
        bucket = (field(1, 0, vint(r.randint(0, 9))) if r.random() < 0.9 else double(4, 2.5)) + double(
            2, r.choice([0.1, 1.0, 2.5, 1e6, float("inf"), float("inf")])
        )
        if r.random() < 0.15:
            bucket += field(3, 2, exemplar(r))
        inner += field(3, 2, bucket)
    if r.random() < 0.3:
        inner += native_fields(r, odd)
    if r.random() < 0.1:
        inner += field(15, 2, timestamp(r))
    if r.random() < 0.1:
        inner += field(16, 2, exemplar(r))
    return field(7, 2, inner)


def family_message(r, odd):
    name = pick(
        r,
        ["m", "n", "s", "h", "m_count", "h_bucket", "s_sum"],
        ["a.b", "é", "", "\udcff", "push_time_seconds", "x y", "1"],
        odd,
    )
    kind = r.choice([0, 1, 2, 3, 4, 4, 5])
    out = field(1, 2, encoded(name)) if r.random() > odd / 4 else b""
    if r.random() < 0.5:
        out += field(2, 2, encoded(r.choice(["", "help", "other", "a\\b\nc", "\udcff"])))
    if r.random() < 0.95:
        out += field(3, 0, vint(kind if r.random() > odd / 4 else r.choice([6, 99, -1])))
    else:
        kind = 0
    for _ in range(r.choice([0, 1, 1, 1, 2, 3])):
        metric = labels_bytes(r, odd) + value_bytes(r, kind if r.random() > odd / 3 else r.randint(0, 5), odd)
        if r.random() < odd / 3:
            metric += field(6, 0, vint(r.choice([0, 5, -1])))
        if r.random() < odd / 3:
            metric += field(r.choice([8, 30, 1000]), r.choice([0]), vint(7))
        if r.random() < odd / 3:
            metric += value_bytes(r, r.randint(0, 5), odd)
        out += field(4, 2, metric)
    if r.random() < 0.1:
        out += field(5, 2, b"seconds")
    if r.random() < odd / 3:
        out += field(99, 2, b"unknown")
    return out


def protobuf_body(r, odd=0.1):
    body = b""
    for _ in range(r.choice([1, 1, 1, 2, 3])):
        message = family_message(r, odd)
        body += vint(len(message)) + message
    if r.random() < odd:
        body = mutated(r, body)
    return body


# ---- paths ----

PATH_PARTS = [
    "a", "b", "x", "", ".", "..", "job", "instance", "le", "%2F", "%2e%2e", "a@base64", "job@base64", "eA",
    "eA==", "=", "x%20y", "%C3%A9", "__x", "U__a_2e_b", "U__", "U______x", "1a", "a.b", "@base64",
    "a%40base64", "+", ";", "a;b", "~", "%zz", "%", "*", ":", "L3g", "a=b", "a@BASE64", "Y", "eB", "x-y",
    "%0a", "%00", "U__job", "U__x_e9_", "quantile", "_", "a%2Fb", "%3F", "%252F", "&", "!$'()", "[", "|",
    '"', "<", "`", "{}", "^",
]


def path(r, odd=0.5):
    head = pick(
        r,
        ["/metrics/job/x", "/metrics/job/x", "/metrics/job@base64/eA", "/metrics/job/y"],
        [
            "/metrics/job", "/metrics/job/", "/metrics/job@base64", "/metrics/job@base64/",
            "/metrics/job@base64/=", "/Metrics/Job/x", "/metrics//job/x", "/metrics/jobs/x",
            "/metrics/job@base64/%zz", "/metrics/job@base64/e/", "/metrics/job//a/b", "//metrics/job/x",
            "/./metrics/job/x", "/metrics/job/%2F", "/metrics/job/x%2Fy", "/METRICS/JOB@BASE64/eA",
            "/metrics/job/a..b", "/%6detrics/job/x", "/metrics/job@base64/Y-_", "/metrics/job@base64/eA=A",
            "/metrics/Job@Base64/eA/A/B",
        ],
        odd,
    )
    usual = ["a", "b", "x", "y", "instance", "q"]
    parts = [pick(r, usual, PATH_PARTS, odd) for _ in range(r.choice([0, 0, 1, 2, 2, 2, 3, 4, 4]))]
    target = "/".join([head] + parts) + r.choice(["", "", "", "", "", "/", "?a=b", "?", "/?x=/../y"])
    return encoded(target)


ROUTES = """
/ /metrics /status /-/healthy /-/ready /-/quit /-/healthy/ /-/Healthy /METRICS /metrics/ /Status /static
/static/ /api /api/v1 /api/v1/ /api/v1/status /api/v1/metrics /api/v1/status/ /api/v1/Metrics
/api/v1/admin/wipe /api/v1/admin /api/v1/nosuch /api//v1/status /api/v1//status /api/v1/../v1/status /nosuch
//metrics /metrics/../metrics /./metrics /metrics/. /metrics/.. /static/../metrics /%6detrics /metrics%2F
/%2Fmetrics /metrics? /metrics?x /-/healthy?q=1 * /metrics#f /metrics;x /status/ //status /-//healthy
/-/./ready /api/v1/metrics/x /api/v1/status?a=b&c=<d> /-/READY/ //a/../metrics?x=<y> /a/b/../../metrics
/static/nosuch /static/nosuch.css /API/V1/STATUS /api/V1/status /api%2Fv1/status /api/v1/%73tatus
/metrics/job /metrics/job/ /metrics/Job/ /metrics/job/x/y/z /favicon.ico /index.html /-/ /- /metrics/%20
/metrics/<b> /-/healthy/%2e%2e/ready /metrics//x
""".split()
METHODS = [
    "GET", "GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "put", "NOSUCH", "CONNECT",
    "PROPFIND",
]


def page_path(target):
    """GET of the page and of files is listed as different; other methods are compared."""
    return target in ("/", "/status", "/static/") or target.startswith(("/static/../", "/status?"))


# ---- what a case looks at afterwards ----


def accept(value):
    return Request(b"GET", b"/metrics", [(b"Accept", value)])


def views(r):
    one = accept(b"text/plain;version=0.0.4;escaping=" + r.choice(ESCAPINGS))
    two = accept(PROTOBUF + b"delimited;escaping=" + r.choice(ESCAPINGS))
    return r.choice(
        [[one], [two], [Request(b"GET", b"/api/v1/metrics")], [one, two, Request(b"GET", b"/api/v1/metrics")]]
    )


def area_text(r):
    flags = r.choice([BASE, BASE, UTF8, UNCHECKED])
    return Case(
        "text",
        flags,
        [Request(b"PUT", b"/metrics/job/x", body=text_body(r, r.choice([0.02, 0.1, 0.3])))],
        views(r),
    )


def protobuf_push(r, target=b"/metrics/job/x", odd=0.1, method=b"PUT"):
    return Request(method, target, [(b"Content-Type", PROTOBUF + b"delimited")], protobuf_body(r, odd))


def area_protobuf(r):
    flags = r.choice([BASE, BASE, UTF8, UNCHECKED])
    return Case("protobuf", flags, [protobuf_push(r, odd=r.choice([0.0, 0.05, 0.2]))], views(r))


def area_type(r):
    """Which Content-Type makes a body protobuf."""
    kind = r.choice(
        [
            "application/vnd.google.protobuf", "Application/VND.google.protobuf", "text/plain",
            "application/vnd.google.protobuf ", "application/openmetrics-text", "", "x",
            "application/json", "/", "a/b/c",
        ]
    )
    params = r.sample(
        [
            "proto=io.prometheus.client.MetricFamily", "PROTO=io.prometheus.client.MetricFamily",
            'proto="io.prometheus.client.MetricFamily"', "encoding=delimited", 'encoding="delimited"',
            "encoding=text", "encoding=DELIMITED", "q=1", "charset=utf-8", "proto=x", "", "encoding",
            "encoding=", "a=b c", 'encoding="deli\\mited"', "encoding*=utf-8''delimited",
            "encoding = delimited",
        ],
        r.randint(0, 3),
    )
    if r.random() < 0.5:
        params = ["proto=io.prometheus.client.MetricFamily", "encoding=delimited"] + params
        if r.random() < 0.5:
            r.shuffle(params)
    value = r.choice(["; ", ";", " ; "]).join([kind] + params) + r.choice(["", "", ";", " "])
    return Case(
        "type",
        BASE,
        [
            Request(
                b"PUT",
                b"/metrics/job/x",
                [(b"Content-Type", encoded(value))],
                r.choice([b"m 1\n", b'\x0e\n\x01m\x18\x03"\x07*\x05\x11\x00\x00\x00', protobuf_body(r, 0)]),
            )
        ],
        views(r),
    )


def snappy_framed(r, data):
    return (
        b"\xff\x06\x00\x00sNaPpY"
        + b"\x01"
        + struct.pack("<I", len(data) + 4)[:3]
        + struct.pack("<I", masked_crc(data))
        + data
    )


def masked_crc(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def area_encoding(r):
    body = text_body(r, 0.05)
    how = r.choice(
        [
            "gzip", "gzip", "gzip", "snappy", "snappy", "identity", "x-gzip", "br", "GZIP", " gzip",
            "gzip, gzip", "Snappy", "",
        ]
    )
    data = body
    packed = r.random()
    if packed < 0.5:
        data = gzip.compress(body, mtime=0)
        if r.random() < 0.2:
            data += gzip.compress(text_body(r, 0.05), mtime=0)
    elif packed < 0.8:
        data = snappy_framed(r, body)
        if r.random() < 0.2:
            data += r.choice(
                [
                    b"\xff\x06\x00\x00sNaPpY", b"\xfe\x02\x00\x00ab", b"\x80\x01\x00\x00x",
                    b"\x02\x01\x00\x00x", b"\x00\x05\x00\x00aaaaa",
                ]
            )
    if r.random() < 0.4:
        data = mutated(r, data)
    if r.random() < 0.1:
        data += r.choice([b"\x00", b"\x00" * 20, b"x"])
    if r.random() < 0.05:
        data = b""
    method, target = r.choice(
        [(b"PUT", b"/metrics/job/x")] * 6
        + [
            (b"DELETE", b"/metrics/job/x"),
            (b"GET", b"/-/healthy"),
            (b"GET", b"/metrics"),
            (b"PUT", b"/nosuch"),
            (b"GET", b"/api/v1/metrics"),
            (b"PUT", b"/metrics/job/x/a"),
        ]
    )
    return Case(
        "encoding", BASE, [Request(method, target, [(b"Content-Encoding", encoded(how))], data)], views(r)
    )


def area_path(r):
    flags = r.choice([BASE, UTF8])
    method = r.choice([b"PUT", b"PUT", b"POST", b"DELETE", b"GET", b"HEAD", b"OPTIONS"])
    body = (
        None
        if method in (b"GET", b"HEAD", b"DELETE", b"OPTIONS")
        else r.choice([b"", b"m 1\n", b'm{a="k"} 1\n'])
    )
    return Case("path", flags, [Request(method, path(r, r.choice([0.05, 0.3, 0.6])), body=body)], views(r))


def area_route(r):
    target = r.choice(ROUTES)
    method = r.choice(METHODS)
    if method == "GET" and page_path(target):
        method = "HEAD"
    return Case("route", BASE, [Request(encoded(method), encoded(target))])


ACCEPTS = [
    "*/*", "text/*", "text/plain", "text/html", "application/json",
    "application/openmetrics-text;version=1.0.0", "text/plain;version=0.0.4", "text/plain;version=1.0.0",
    PROTOBUF.decode() + "delimited", PROTOBUF.decode() + "text", PROTOBUF.decode() + "compact-text",
    PROTOBUF.decode() + "x", "application/vnd.google.protobuf", "", "x", "/", "text/", ";",
    'text/plain;version="0.0.4"',
]


def accept_value(r):
    parts = []
    for _ in range(r.choice([1, 1, 2, 2, 3, 5])):
        part = r.choice(ACCEPTS)
        for _ in range(r.choice([0, 0, 1, 1, 2])):
            part += r.choice([";", "; ", " ;"]) + r.choice(
                [
                    "q=0.5", "q=0.9", "q=1", "q=0", "q=x", "q=.5", "q=1e-1", "Q=0.3", "q",
                    "escaping=" + r.choice([e.decode() for e in ESCAPINGS]), "escaping=x", "escaping=dots",
                    "q=-1", "q=+0.7", "q=inf", "q=nan", "charset=utf-8", 'escaping="dots"', "q=0.5 ",
                    "version=0.0.4",
                ]
            )
        parts.append(part)
    return r.choice([",", ", ", " , "]).join(parts)


def area_accept(r):
    push = Request(
        b"PUT",
        b"/metrics/job/x",
        body='{"my.metric","a.b"="c",z="d"} 1\n{"é"} 2\nm_x 1\n# TYPE s summary\ns_sum 4\n'.encode(),
    )
    headers = [(b"Accept", encoded(accept_value(r)))]
    if r.random() < 0.3:
        headers.append((b"Accept", encoded(accept_value(r))))
    for _ in range(r.choice([0, 1, 1, 2])):
        headers.append(
            (
                b"Accept-Encoding",
                encoded(
                    ", ".join(
                        r.choice(["gzip", "identity", "*", "deflate", "br", "GZIP", "", "x"])
                        + r.choice(
                            [
                                "", "", ";q=0", ";q=1", ";q=0.5", "; q=0.4", ";q=1.5", ";q=", ";x=1",
                                ";q=.5", " ;q=0.2", ";q=0.3;a=b",
                            ]
                        )
                        for _ in range(r.choice([1, 1, 2, 3]))
                    )
                ),
            )
        )
    return Case("accept", UTF8, [push], [Request(b"GET", b"/metrics", headers)])


GROUPS = [
    b"/metrics/job/x", b"/metrics/job/y", b"/metrics/job/x/a/x", b"/metrics/job/x/instance/i",
    b"/metrics/job/x/instance/", b"/metrics/job/y/a/x/b/y", b"/metrics/job/x/le/1",
]


def area_sequence(r):
    flags = r.choice([BASE, BASE, BASE, UTF8, UNCHECKED])
    groups = r.sample(GROUPS, r.choice([1, 2, 2, 3]))
    requests = []
    for _ in range(r.randint(2, 8)):
        target = r.choice(groups)
        what = r.random()
        if what < 0.15:
            requests.append(Request(b"DELETE", target))
        elif what < 0.3:
            requests.append(protobuf_push(r, target, 0.02, r.choice([b"PUT", b"POST"])))
        else:
            requests.append(Request(r.choice([b"PUT", b"POST"]), target, body=text_body(r, 0.02)))
        if r.random() < 0.2:
            requests += views(r)
    return Case("sequence", flags, requests, views(r))


HEADS = [
    "Host: gateway", "Content-Length: 4", "Content-Length: 0", "Connection: close",
    "Connection: keep-alive", "Transfer-Encoding: chunked", "Expect: 100-continue", "X: y",
    "Content-Type: text/plain", "Accept: */*", "Connection: Keep-Alive, close",
    "Transfer-Encoding: identity", "Transfer-Encoding: gzip", "Expect: x", "X-Empty:", "Upgrade: h2c",
    "Range: bytes=0-3", "Content-Length: 00004", "Transfer-Encoding: CHUNKED", "Accept-Encoding: gzip",
    "Content-Encoding: identity", "x-\xe9: \xe9", "Trailer: X", "TE: trailers", "Cookie: a=b",
    "Authorization: Basic eDp5", "If-None-Match: *", "If-Modified-Since: x",
]


def area_raw(r):
    out = b""
    for _ in range(r.choice([1, 1, 1, 2])):
        method = r.choice(METHODS)
        target = r.choice(
            [t for t in ROUTES if not page_path(t)]
            + ["/metrics/job/x"] * 20
            + [
                "http://gateway/metrics/job/x", "http://gateway", "http://other:1/-/healthy", "gateway:80",
                "HTTP://h/metrics",
            ]
        )
        if method == "GET" and target == "/metrics":
            target = "/-/healthy"
        version = r.choice(
            ["HTTP/1.1"] * 10
            + [
                "HTTP/1.0", "HTTP/1.0", "HTTP/2.0", "HTTP/1.2", "HTTP/0.9", "http/1.1", "HTTP/1", "",
                "HTTP/1.10", "HTTP/3.0",
            ]
        )
        heads = ["Host: gateway"] if r.random() < 0.9 else []
        heads += r.sample(HEADS[1:], r.choice([0, 1, 1, 2, 3]))
        chunked = any(h.startswith("Transfer") for h in heads)
        data = "\r\n".join([f"{method} {target} {version}".rstrip()] + heads) + "\r\n\r\n"
        out += data.encode("latin-1")
        if chunked:
            out += r.choice(
                [
                    b"4\r\nm 1\n\r\n0\r\n\r\n", b"4;x=y\r\nm 1\n\r\n0\r\nX: y\r\n\r\n",
                    b"04\r\nm 1\n\r\n00\r\n\r\n", b"2\r\nm \r\n2\r\n1\n\r\n0\r\n\r\n",
                ]
            )
        elif any(h.startswith("Content-Length") and h.endswith("4") for h in heads):
            out += b"m 1\n"
    if r.random() < 0.2:
        out = mutated(r, out)
    return Case("raw", BASE, [Request(b"", b"", raw=out)], views(r))


PREFIXED = [  # flags and the prefix that they make
    ("--web.route-prefix=/p", "/p"),
    ("--web.route-prefix=p/q/", "/p/q"),
    ("--web.external-url=http://h/ext", "/ext"),
    ("--web.external-url=http://u:p@h:1/ext/ --web.route-prefix=/", ""),
    ("--web.telemetry-path=/t", ""),
    ("--web.telemetry-path=/t/u --web.route-prefix=/p --push.disable-consistency-check", "/p"),
]


def area_flags(r):
    flags, prefix = r.choice(PREFIXED)
    spelled = prefix.encode()
    targets = (
        ROUTES
        + ["/api/v1/status"] * 10
        + [
            "/t", "/p/t/u", "/t/u", "/-/t", "/metrics", "/metrics/job/x/a/b", "/metrics/job@base64/eA",
            "/Metrics/Job/x",
        ]
        * 3
    )
    requests = []
    for _ in range(r.randint(1, 4)):
        method, target = r.choice(METHODS), r.choice(targets)
        if method == "GET" and (page_path(target) or target in ("/", "/status")):
            method = "HEAD"
        inside = r.random() < 0.8 and not target.startswith("*")
        requests.append(
            Request(
                encoded(method),
                (spelled if inside else b"") + encoded(target),
                body=b"m 1\n" if method in ("PUT", "POST") else None,
            )
        )
    return Case("flags", BASE + " " + flags, requests, [], spelled)


def area_log(r):
    flags = r.choice([BASE, UTF8, UNCHECKED]) + " --log.level=debug"
    requests = []
    for _ in range(r.randint(1, 4)):
        what = r.random()
        if what < 0.4:
            requests.append(
                Request(r.choice([b"PUT", b"POST", b"DELETE"]), path(r, 0.3), body=r.choice([None, b"m 1\n"]))
            )
        elif what < 0.8:
            requests.append(Request(b"PUT", r.choice(GROUPS), body=text_body(r, 0.2)))
        else:
            requests.append(protobuf_push(r, r.choice(GROUPS), 0.1))
    return Case("log", flags, requests, views(r)[:1])


AREAS = {
    "flags": area_flags,
    "log": area_log,
    "text": area_text,
    "protobuf": area_protobuf,
    "type": area_type,
    "encoding": area_encoding,
    "path": area_path,
    "route": area_route,
    "accept": area_accept,
    "sequence": area_sequence,
    "raw": area_raw,
}
