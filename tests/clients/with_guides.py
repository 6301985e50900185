# SPDX-License-Identifier: Apache-2.0
"""What the guides on the web tell users to run, as it stands there but for the gateway's address."""
import re
import subprocess

from harness import HERE, expect, expect_lines, program, test
from with_python import ENVIRONMENT, PYTHON


def guide(gateway, name):
    """The example with the address of this gateway in the place of the one it was written for."""
    text = (HERE / "guides" / name).read_text()
    return re.sub(r"\b(localhost|pushgateway):9091\b", gateway.address, text)


def python(gateway, name):
    return program(PYTHON, "-c", guide(gateway, name), env=ENVIRONMENT)


@test("The guides' shortest Python example pushes its gauge.")
def shortest(gateway):
    expect(python(gateway, "push.py"), "")
    expect_lines(gateway.metrics("batch_job_"), """
        # HELP batch_job_duration_seconds Job duration in seconds
        # TYPE batch_job_duration_seconds gauge
        batch_job_duration_seconds{instance="",job="batch_jobs"} 3.14""")


@test("A guide's example with method='POST', which the library does not know, pushes and then fails there.")
def with_an_error(gateway):
    try:
        python(gateway, "push_pushadd_delete.py")
    except AssertionError as error:
        printed = str(error)
    else:
        raise AssertionError("the example ended well")
    expect("Metrics pushed using 'push'" in printed, True)
    expect("TypeError: push_to_gateway() got an unexpected keyword argument 'method'" in printed, True)
    expect([line for line in gateway.metrics("example_metric_total") if line[0] != "#"],
           ['example_metric_total{instance="",job="example_job"} 1'])
    expect(python(gateway, "delete.py"), "")
    expect_lines(gateway.metrics("example_|push_"), "")


@test("A guide's backup job pushes a counter and a time under its instance.")
def backup(gateway):
    expect(python(gateway, "backup.py"), "")
    names = [line.split()[0] for line in gateway.metrics("backup_(last|records)") if line[0] != "#"]
    labels = '{instance="host1",job="backup"}'
    wanted = ["backup_last_success_unixtime" + labels, "backup_records_processed_created" + labels,
              "backup_records_processed_total" + labels]
    expect(names, wanted)


@test("A guide's three methods work one after the other, the last with credentials that nobody asked for.")
def three_methods(gateway):
    expect(python(gateway, "three_methods.py"), "")
    expect_lines(gateway.metrics("backup_"), """
        # HELP backup_duration_seconds Duration
        # TYPE backup_duration_seconds gauge
        backup_duration_seconds{instance="",job="backup"} 42.3""")


@test("The guides' shell lines with curl, here-documents and a blank first line are all accepted.")
def shell(gateway):
    script = guide(gateway, "curl.sh").replace("curl ", "curl -sS --fail-with-body --max-time 20 ")
    done = subprocess.run(["sh", "-e"], input=script, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=60)
    expect((done.returncode, done.stdout), (0, ""))
    expect_lines(gateway.metrics("processing_|metric_|backup_"), """
        # TYPE backup_duration_seconds untyped
        backup_duration_seconds{instance="",job="backup"} 42.3
        # TYPE metric_one gauge
        metric_one{instance="",job="video_processing",label="value1"} 23
        # HELP metric_two Another example
        # TYPE metric_two counter
        metric_two{instance="",job="video_processing"} 41
        # TYPE processing_time_seconds untyped
        processing_time_seconds{instance="",job="video_processing"} 120""")


@test("The guide that pushes one family as gauge and as counter from two groups is refused the second.")
def types_disagree(gateway):
    url = "/metrics/job/"
    expect(gateway.request("POST", url + "video", "# TYPE metric_one gauge\nmetric_one 23\n"), (200, ""))
    status, reason = gateway.request("POST", url + "backup/db/psql", "# TYPE metric_one counter\nmetric_one 11\n")
    expect(status, 400)
    expect(re.match(r'pushed metrics are invalid or inconsistent with existing metrics: collected metric '
                    r'"metric_one" { .*} is not a (GAUGE|COUNTER)\n$', reason) is not None, True, reason)
