"""Rounds of home visits: who goes where on which day, and why somebody is left out."""
