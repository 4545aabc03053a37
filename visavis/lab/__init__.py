"""The Lab's built pages; their sources are in the repository's top-level lab/."""
