"""Embedders: text in, a vector out, so that texts of like meaning lie close together."""
