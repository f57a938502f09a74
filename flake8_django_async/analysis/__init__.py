"""From flow to holds: values, states, interpretation, summaries.

`engine` runs the functions of one file that a request enters (`requests/`). `interpret` follows their statements and
`expressions` their expressions, in a `frame` with a `state`; calls go through `calls` to a function's summary (`summaries`),
or to what a library's row says (`effects/`, `roles/`). What names and attributes denote is found by `linking/`. What comes of
it are `events`.
"""
