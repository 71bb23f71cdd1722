"""How much of the stations' staff everybody shares."""
