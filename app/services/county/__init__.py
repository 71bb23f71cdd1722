"""The county as every analysis needs it: areas, homes, facilities, roads, and what is kept of them between questions."""
