"""From flow to holds: values, states, interpretation, summaries."""
