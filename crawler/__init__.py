"""Fetches news pages and takes them apart; hands everything to `archive`."""
