"""What would change if stations, roads, speeds or people did."""
