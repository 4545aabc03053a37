"""What this server is and how it does: version, limits, health, providers."""
