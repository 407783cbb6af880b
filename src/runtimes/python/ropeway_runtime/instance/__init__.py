"""The process that the platform starts: loads an app, then answers events from its socket."""
