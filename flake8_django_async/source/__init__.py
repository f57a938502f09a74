"""From text to flow: what one file says, before anything is asked about other files."""
