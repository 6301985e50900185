// Samples whose braces hold no name, or hold it late: the original takes the line before for the
// family, or dies. Here a sample has a name of its own or is refused.

# empty braces are no sample
differs: the original's handler dies and the connection with it
PUT /metrics/job/x
| {} 1
=> 400
| text format parsing error in line 1: invalid metric name
ref=> closed

# labels without a name are no sample
PUT /metrics/job/x
| {a="b"} 1
=> 400
| text format parsing error in line 1: invalid metric name

# labels without a name are no sample after a comment either
differs: the original's handler dies and the connection with it
PUT /metrics/job/x
| # TYPE m gauge
| {a="b"} 1
=> 400
| text format parsing error in line 2: invalid metric name
ref=> closed

# labels without a name do not continue the sample before
differs: the original appends them to the sample before
PUT /metrics/job/x
| m 1
| {a="b"} 2
=> 400
| text format parsing error in line 2: invalid metric name
ref=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"a"  value:"b"}  label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  untyped:{value:2}} was collected before with the same name and label values

# empty braces do not continue the sample before
differs: the original overwrites the sample before
PUT /metrics/job/x
| m 1
| {} 2
=> 400
| text format parsing error in line 2: invalid metric name
ref=> 400
| pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" { label:{name:"instance"  value:""}  label:{name:"job"  value:"x"}  untyped:{value:2}} was collected before with the same name and label values

# le before the name is judged by the family of the name
differs: the original judges it by the family of the line before
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket{le="1"} 1
| {le="x",g} 2
=> 200
ref=> 400
| text format parsing error in line 3: expected float as value for 'le' label, got "x"
