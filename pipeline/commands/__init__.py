"""The commands of ocop by area; pipeline.cli puts them together."""
