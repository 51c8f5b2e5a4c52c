"""Films on their way to a session: uploaded, looked at, asked about, analysed; all of it kept on disk."""
