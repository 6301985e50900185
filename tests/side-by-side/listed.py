# SPDX-License-Identifier: Apache-2.0
"""The differences that DIFFERENCES.md lists, each recognised as narrowly as the answers tell."""

import itertools
import re

import pair

INCONSISTENT = b"pushed metrics are invalid or inconsistent with existing metrics: "
SCRAPE = b"An error has occurred while serving metrics:\n\n"


def parted(answer):
    head, _, body = answer.partition(b"\n\n")
    return head, body


def strict_protobuf(case, request, ours, theirs):
    """Protobuf: families that end the exposition in the middle are refused"""
    head, body = parted(ours)
    faults = (
        rb"metric family .*(unknown type|native histogram)|a metric family in the push has no name|"
        rb".*is not a GAUGE_HISTOGRAM"
    )
    return (
        head.startswith(b"400 ")
        and re.match(faults, body, re.S)
        or head.startswith(b"500 ")
        and b"is not a GAUGE_HISTOGRAM" in body
    )


def nameless(case, request, ours, theirs):
    """A sample without a name; le and quantile within braces"""
    head, body = parted(ours)
    found = re.match(rb"text format parsing error in line (\d+): invalid metric name\n$", body)
    if not head.startswith(b"400 ") or request.body is None:
        return False
    lines = request.body.split(b"\n")
    if body.endswith(b"unexpected end of input stream\n") and all(a.startswith(b"no answer") for a in theirs):
        return any(line.lstrip(b" \t").startswith(b"{") for line in lines)
    if not found:
        return False
    number = int(found[1])
    return number <= len(lines) and lines[number - 1].lstrip(b" \t").startswith(b"{")


def faults(case, request, ours, theirs):
    """Faults of a refused push: the same sentence each time, blaming the push"""
    ours = errors_of(parted(ours)[1])
    known = set()
    for answer in theirs:
        found = errors_of(parted(answer)[1])
        if not found:
            return False
        known |= found
    twice = b" was collected before with the same name and label values"
    return bool(ours) and all(error in known or error.endswith(twice) for error in ours)


def errors_of(body):
    """Each error's cause: of two families that collide either may be named first."""
    if not body.startswith((INCONSISTENT, SCRAPE)):
        return set()
    body = body[len(INCONSISTENT if body.startswith(INCONSISTENT) else SCRAPE) :].rstrip(b"\n")
    errors = body.split(b"\n* ")[1:] if b" error(s) occurred:\n* " in body else [body]
    return {cause(e) for e in errors}


def cause(error):
    if b" collides with previously collected " in error:
        return b"collision " + b" ".join(sorted(re.findall(rb'named "((?:[^"\\]|\\.)*)"', error)))
    return error


def clean_path_encoded_twice(case, request, ours, theirs):
    """A cleaned path is redirected to with its escapes as they were"""
    if not ours.startswith(b"301 "):
        return False

    def bare(answer):
        return re.sub(rb"(?m)^Content-Length: .*$", b"", answer)

    return any(bare(answer).replace(b"%25", b"%") == bare(ours) for answer in theirs)


def is_cut_short(ours, theirs):
    """The same answers, but that one of the two ends the connection earlier."""
    ours = re.sub(rb"(?m)^Connection: .*\n", b"", ours)
    theirs = [re.sub(rb"(?m)^Connection: .*\n", b"", answer) for answer in theirs]
    return any(ours.startswith(answer) or answer.startswith(ours) for answer in theirs)


def framing(case, request, ours, theirs):
    """Strict request framing"""
    if request.raw is None:
        return False
    framed_twice = rb"transfer-encoding.*content-length|content-length.*transfer-encoding"
    asked_for_both = rb"keep-alive.*close|close.*keep-alive"
    twofold = re.search(framed_twice + b"|" + asked_for_both, request.raw, re.S | re.I)
    if twofold and is_cut_short(ours, theirs):
        return True
    # of a torn request less than four bytes are passed over in silence by the original
    if any(ours == (answer and answer + b"\n----\n") + ours.rpartition(b"\n----\n")[2] for answer in theirs):
        return b"400 Bad Request" in ours.rpartition(b"\n----\n")[2]
    if b"HTTP/1.0" in ours and all(b"417 HTTP/1.0" in answer for answer in theirs):
        return True  # there is no Expect in HTTP/1.0
    refused = all(
        re.search(rb"(^|----\n)[45]\d\d [^\n]*\nConnection: close\n.*", a, re.S) for a in theirs | {ours}
    )
    return refused or re.search(rb"(?m)^400 [^\n]*\nConnection: close\n", ours)


def grouping_labels_at_fault(case, request, ours, theirs):
    """A push whose grouping labels alone are at fault is refused without a failure time"""
    return (
        INCONSISTENT in ours
        and b'"push_time_seconds"' in ours
        and all(INCONSISTENT in a and b'"push_time_seconds"' in a for a in theirs)
    )


def ties(case, request, ours, theirs):
    """Series of equal label values are ordered by their names"""
    return any(is_tied(ours.split(b"\n"), answer.split(b"\n")) for answer in theirs)


def is_tied(ours, theirs):
    def values(line):
        labels = re.findall(rb'([^{,"]+|"(?:[^"\\]|\\.)*")="((?:[^"\\]|\\.)*)"', line)
        return [value for name, value in labels if name not in (b"le", b"quantile")]

    def order(lines):
        return [v for v, _ in itertools.groupby(map(values, lines))]

    return sorted(ours) == sorted(theirs) and order(ours) == order(theirs)


def family_without_metrics(case, request, ours, theirs):
    """Protobuf: a family without metrics collides with no other"""
    conflict = any(b" collides with " in a or b" is not a " in a for a in theirs)
    return ours.startswith(b"20") and conflict and any(has_bare_family(r) for r in case.requests)


def has_bare_family(request):
    body = request.body or b""
    if not any(name == b"Content-Type" and b"protobuf" in value for name, value in request.headers):
        return False
    try:
        for message in pair.delimited(body):
            _, at = pair.varint(message, 0)
            if all(number != 4 for number, _, _ in pair.fields(message[at:])):
                return True
    except IndexError:
        pass
    return False


def braces(case, request, ours, theirs):
    """Faults within braces are those of the family that the line itself names"""
    fault = rb"text format parsing error in line (\d+): "
    line = min(
        (int(found[1]) for answer in theirs | {ours} for found in re.finditer(fault, answer)), default=0
    )
    if line == 0 or request.body is None or not all(re.search(fault, answer) for answer in theirs | {ours}):
        return False
    return request.body.split(b"\n")[line - 1].lstrip(b" \t").startswith(b"{")


def body_read_first(case, request, ours, theirs):
    """A full body is read before a redirect, a 404 or 405 is answered"""
    if request.raw is None:
        return False
    if re.search(rb"(?i)expect", request.raw) and is_cut_short(ours, theirs):
        return True  # the original closes when it has not asked for the body
    return b"400 HTTP/1.1 Bad Request\nContent-Length: 15\n" in ours and all(
        re.search(rb"(?m)^(30[17]|40[45]) HTTP", a) for a in theirs
    )


def family_without_anything(case, request, ours, theirs):
    """Protobuf: a family with neither name nor metrics is passed over"""
    bare = rb'"":\{"time_stamp":"TIME","type":"[A-Z_0-9]+"(,"help":"[^"]*")?,"metrics":\[\]\},?'
    return any(sorted(re.sub(bare, b"", a).split(b"\n")) == sorted(ours.split(b"\n")) for a in theirs)


def parameter_encoded(case, request, ours, theirs):
    """A parameter of Content-Type encoded by RFC 2231"""
    return any(name == b"Content-Type" and b"*=" in value for name, value in request.headers)


def original_crashes(case, request, ours, theirs):
    """The original's handler crashes over what it took"""
    return request.target == b"/api/v1/metrics" and all(a.startswith(b"no answer") for a in theirs)


ROWS = [
    original_crashes,
    parameter_encoded,
    family_without_anything,
    braces,
    body_read_first,
    family_without_metrics,
    strict_protobuf,
    nameless,
    grouping_labels_at_fault,
    faults,
    clean_path_encoded_twice,
    framing,
    ties,
]


def row(case, index, ours, theirs):
    """The row that explains why ours is none of theirs, or None."""
    if index == len(case.all_requests()):
        return row_of_log(ours, theirs)
    request = case.all_requests()[index]
    for explains in ROWS:
        if explains(case, request, ours, theirs):
            sentence = re.search(rb"400 Bad Request: ([^\n]*)", ours)
            return explains.__doc__ + (": " + sentence[1].decode("latin-1") if sentence else "")
    return None


def row_of_log(ours, theirs):
    bare = b"\n".join(line for line in ours.split(b"\n") if b'msg="request refused"' not in line)
    return "Requests refused as HTTP are logged at debug" if bare in theirs else None
