"""Measurements. Numbers only: nothing here passes or fails."""
